import { constants } from "node:os";

/** How a process ended, as the system says it. */
export interface EndStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Turns the status 128 + n, by which shells and bubblewrap pass on a death by signal, back into the signal. */
export function decodeStatus(end: EndStatus): EndStatus {
  if (end.code === null || end.code <= 128) return end;
  const signal = signalNamed(end.code - 128);
  return signal === null ? end : { code: null, signal };
}

/** The name of a signal by its number on this machine. */
export function signalNamed(number: number): NodeJS.Signals | null {
  const names = Object.entries(constants.signals) as [NodeJS.Signals, number][];
  return names.find(([, value]) => value === number)?.[0] ?? null;
}

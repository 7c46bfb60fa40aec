import type { Fault } from "../fault.ts";

/** What was gathered from the disk for a part of a recipe, or why it could not be; null where the part was left out or at fault. */
export interface Gathered<T> {
  readonly value: T | null;
  readonly faults: readonly Fault[];
}

export const NOTHING: Gathered<never> = { value: null, faults: [] };

export function gathered<T>(value: T): Gathered<T> {
  return { value, faults: [] };
}

export function faulty(...faults: readonly Fault[]): Gathered<never> {
  return { value: null, faults };
}

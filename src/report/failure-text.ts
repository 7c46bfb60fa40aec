import type { Failure, FailureReason } from "../domain/failure.ts";
import { cleanLine } from "./clean-text.ts";

/** Class of a failure, with what names it best: `crashed (SIGSEGV)`, `unsupported-operator (LSTM)`, `timed-out`. */
export function failureClass(failure: Failure): string {
  if (failure.node !== undefined) return `${failure.reason} (${cleanLine(failure.node.operator)})`;
  // A failure that the worker understood always ends it with the same status, which tells nothing.
  if (failure.exit !== undefined && EXIT_TELLS.has(failure.reason)) return `${failure.reason} (${cleanLine(failure.exit)})`;
  return failure.reason;
}

const EXIT_TELLS: ReadonlySet<FailureReason> = new Set(["crashed", "garbage-output", "out-of-memory"]);

/** Class and sentence: `crashed (SIGSEGV): The compiler was ended by a signal.` */
export function failureHeadline(failure: Failure): string {
  return `${failureClass(failure)}: ${cleanLine(failure.message)}`;
}

/** Room for every label of `failureDetails`. */
export const LABEL_WIDTH = "tool said".length;

export interface FailureDetail {
  readonly label: "tool said" | "node" | "log" | "hint";
  readonly text: string;
}

/** What else there is to know of a failure, the vendor's own words first. */
export function failureDetails(failure: Failure): FailureDetail[] {
  const details: FailureDetail[] = [];
  if (failure.keyLine !== undefined) details.push({ label: "tool said", text: cleanLine(failure.keyLine) });
  if (failure.node !== undefined) {
    details.push({ label: "node", text: `${cleanLine(failure.node.name)} (${cleanLine(failure.node.operator)})` });
  }
  if (failure.hint !== undefined) details.push({ label: "hint", text: cleanLine(failure.hint) });
  if (failure.log !== undefined) details.push({ label: "log", text: failure.log });
  return details;
}

/**
 * Why a step did not give a result. The reasons are a closed set with a row each in docs/diagnostics.md.
 * A rejected candidate is not a failure: the step that judged it worked.
 */
export const FAILURE_REASONS = [
  /** The toolchain has no implementation for an operator of the model; details name the node. */
  "unsupported-operator",
  /** The toolchain refuses the model for another reason it understands (dynamic rank, opset, type). */
  "unsupported-model",
  /** The toolchain or worker reported an error of its own. */
  "toolchain-error",
  /** The process was ended by a signal that Fettle did not send (SIGSEGV, SIGFPE, SIGABRT). */
  "crashed",
  /** The step went over its time limit and was stopped. */
  "timed-out",
  /** The step went over its memory limit, or the kernel stopped it for memory. */
  "out-of-memory",
  /** The step went over its limit of processes and was stopped. */
  "too-many-processes",
  /** The step wrote, or left as its result, more than it may. */
  "output-too-large",
  /** The process ended without a result that follows the protocol. */
  "garbage-output",
  /** A user's data or metric script raised an error or broke its contract. */
  "script-error",
  /** The toolchain's environment could not be made. */
  "environment-unavailable",
  /** A package, file or address could not be fetched. */
  "fetch-failed",
  /** The bytes that came are not the bytes the recipe names. */
  "hash-mismatch",
  /** The model cannot be read as ONNX, or its external data is not acceptable. */
  "invalid-model",
  /** The data set is empty or does not fit the model's inputs. */
  "invalid-data",
  /** The reference runtime's own result cannot be judged by (not finite, not repeatable). */
  "unusable-reference",
  /** No room left on the disk that holds the store or the output folder. */
  "disk-full",
  /** The store or output folder cannot be written. */
  "read-only",
  /** A published artifact cannot be proven any further on this machine. */
  "not-provable",
  /** Something is to be removed from a store that another process uses right now. */
  "store-in-use",
  /** A step this one needs did not succeed. */
  "dependency-failed",
  /** Ctrl-C, SIGTERM or --fail-fast stopped the build. */
  "interrupted",
  /** A bug in Fettle. */
  "internal-error",
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

export interface Failure {
  readonly reason: FailureReason;
  /** One plain sentence for the user. */
  readonly message: string;
  /** The line of the toolchain's log that says the most, as the vendor wrote it. */
  readonly keyLine?: string;
  /** How to mend it, where that is known. */
  readonly hint?: string;
  /** Path of the whole log. */
  readonly log?: string;
  /** The ONNX node at fault, where there is one. */
  readonly node?: { readonly name: string; readonly operator: string };
  /** Exit status or signal, where a process ended. */
  readonly exit?: string;
  /** This machine lacks what only its user can bring, such as a maker's image: nothing was tried, and so nothing went wrong. */
  readonly lacking?: true;
}

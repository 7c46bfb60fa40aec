import type { CommandExit } from "../domain/command.ts";
import type { Failure, FailureReason } from "../domain/failure.ts";
import { keyLine } from "./key-line.ts";

/** A worker's own way of dying of memory, before any limit of ours: Python's and C++'s failed allocations. */
const OUT_OF_MEMORY = /^MemoryError\b|\bstd::bad_alloc\b|numpy\.\S*ArrayMemoryError|\bCannot allocate memory\b/m;
/** EFBIG, which a write past the limit on a file's size gives where the signal is ignored, as Python does. */
const FILE_TOO_LARGE = /\bFile too large\b/;
const DISK_FULL = /No space left on device|Disk quota exceeded/;

/** What well-known signals mean, for people. */
const SIGNAL_MEANINGS: Partial<Record<NodeJS.Signals, string>> = {
  SIGSEGV: "an invalid memory access",
  SIGFPE: "an arithmetic error, such as an integer division by zero",
  SIGABRT: "it gave itself up",
  SIGILL: "an instruction this CPU does not have",
  SIGBUS: "a memory access beyond a file's end",
  SIGKILL: "someone killed it",
};

/**
 * Why a command that left no valid `result.json` did not give a result. Exit status 0 counts too: a result was promised.
 *
 * @param logTail the last part of its log, as `readLogTail` gives it
 * @param log path of the whole log, for the failure
 */
export function classifyExit(exit: CommandExit, logTail: string, log?: string): Failure {
  const line = keyLine(logTail);
  return {
    ...describe(exit, logTail, line),
    ...(line === null ? {} : { keyLine: line }),
    ...(log === undefined ? {} : { log }),
    exit: exit.signal ?? `status ${exit.code}`,
  };
}

interface Description {
  readonly reason: FailureReason;
  readonly message: string;
  readonly hint?: string;
}

function describe(exit: CommandExit, logTail: string, line: string | null): Description {
  switch (exit.stopped) {
    case "timed-out":
      return { reason: "timed-out", message: `It was stopped at its time limit, after ${seconds(exit.seconds)}.` };
    case "out-of-memory":
      return outOfMemory(`It went over its memory limit with ${gigabytes(exit.peakMemoryBytes)} and was stopped.`);
    case "too-many-processes":
      return {
        reason: "too-many-processes",
        message: "It went over its limit of processes and threads and was stopped.",
        hint: "If it really needs them, raise the limit with --processes.",
      };
    case "interrupted":
      return { reason: "interrupted", message: "It was stopped with the build." };
    case null:
      return describeOwnEnd(exit, logTail, line);
  }
}

function describeOwnEnd(exit: CommandExit, logTail: string, line: string | null): Description {
  if (exit.code !== 0 && OUT_OF_MEMORY.test(logTail)) return outOfMemory("It could not get the memory it asked for.");
  if (exit.code !== 0 && DISK_FULL.test(logTail)) return { reason: "disk-full", message: "It ran out of room on the disk." };
  if (exit.signal === "SIGXFSZ" || (exit.code !== 0 && FILE_TOO_LARGE.test(logTail))) return outputTooLarge();
  if (exit.signal !== null) {
    const meaning = SIGNAL_MEANINGS[exit.signal];
    return { reason: "crashed", message: `It crashed with ${exit.signal}${meaning === undefined ? "" : ` (${meaning})`}.` };
  }
  if (exit.code === 0) return { reason: "garbage-output", message: "It ended as if all were well, but left no valid result." };
  if (line === null) return { reason: "garbage-output", message: `It ended with status ${exit.code} and said nothing.` };
  return { reason: "toolchain-error", message: `It ended with status ${exit.code} and no result.` };
}

function outOfMemory(message: string): Description {
  return { reason: "out-of-memory", message, hint: "Raise the memory limit, run fewer jobs at once, or give it a smaller model." };
}

function outputTooLarge(): Description {
  return {
    reason: "output-too-large",
    message: "It wrote a file that is larger than it may be.",
    hint: "If its result is meant to be so large, raise the limit with --result-size.",
  };
}

function seconds(value: number): string {
  return value < 120 ? `${value.toFixed(1)} s` : `${(value / 60).toFixed(1)} min`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

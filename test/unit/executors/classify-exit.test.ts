import { expect, test } from "vitest";
import type { CommandExit } from "../../../src/domain/command.ts";
import { classifyExit } from "../../../src/executors/classify-exit.ts";
import { decodeStatus } from "../../../src/executors/exit-status.ts";

const ended = (changes: Partial<CommandExit>): CommandExit => ({
  ...{ code: null, signal: null, stopped: null, seconds: 3.25, peakMemoryBytes: 2_500_000_000 },
  ...changes,
});

test.each<[string, Partial<CommandExit>, string, object]>([
  [
    "a crash",
    { signal: "SIGSEGV" },
    "Fatal Python error: Segmentation fault\n",
    {
      reason: "crashed",
      message: "It crashed with SIGSEGV (an invalid memory access).",
      keyLine: "Fatal Python error: Segmentation fault",
      exit: "SIGSEGV",
    },
  ],
  ["a division by zero", { signal: "SIGFPE" }, "", { reason: "crashed", exit: "SIGFPE" }],
  ["a foreign kill", { signal: "SIGKILL" }, "", { reason: "crashed", message: "It crashed with SIGKILL (someone killed it)." }],
  [
    "our time limit",
    { signal: "SIGKILL", stopped: "timed-out" },
    "tuning\n",
    { reason: "timed-out", message: "It was stopped at its time limit, after 3.3 s." },
  ],
  [
    "our memory limit",
    { signal: "SIGKILL", stopped: "out-of-memory" },
    "",
    { reason: "out-of-memory", message: "It went over its memory limit with 2.50 GB and was stopped." },
  ],
  ["the user's wish", { signal: "SIGTERM", stopped: "interrupted" }, "", { reason: "interrupted" }],
  ["Python's failed allocation", { code: 1 }, "Traceback\nMemoryError\n", { reason: "out-of-memory" }],
  [
    "C++'s failed allocation",
    { signal: "SIGABRT" },
    "terminate called after throwing an instance of 'std::bad_alloc'\n",
    { reason: "out-of-memory" },
  ],
  ["a full disk", { code: 1 }, "OSError: [Errno 28] No space left on device\n", { reason: "disk-full" }],
  ["success without a result", { code: 0 }, "all fine\n", { reason: "garbage-output", exit: "status 0" }],
  ["a silent failure", { code: 9 }, "", { reason: "garbage-output", message: "It ended with status 9 and said nothing." }],
  [
    "an uncaught exception",
    { code: 1 },
    "ImportError: no module\n",
    { reason: "toolchain-error", keyLine: "ImportError: no module", exit: "status 1" },
  ],
])("%s", (_, exit, log, failure) => {
  expect(classifyExit(ended(exit), log, "/logs/step.log")).toMatchObject({ ...failure, log: "/logs/step.log" });
});

test("a shell's status for a signal is the signal, other statuses stay", () => {
  expect([139, 136, 134, 137, 1, 128, 255].map((code) => decodeStatus({ code, signal: null }))).toEqual([
    ...(["SIGSEGV", "SIGFPE", "SIGABRT", "SIGKILL"] as const).map((signal) => ({ code: null, signal })),
    ...[1, 128, 255].map((code) => ({ code, signal: null })),
  ]);
});

import { expect, test } from "vitest";
import { type LimitMeans, limitWords } from "../../../src/executors/sandbox/limit-words.ts";

const LIMITS = { timeoutMs: 1, memoryBytes: 1, processes: 100, outputBytes: 1e9 };
const NONE = Number.POSITIVE_INFINITY;
const MEANS: LimitMeans = { prlimit: "/usr/bin/prlimit", own: { fileBytes: NONE, processes: NONE }, countsProcesses: true };
const FILES_ALONE = "/usr/bin/prlimit --fsize=1000000000:1000000000 --";

test("files and processes are limited where the kernel counts those of this sandbox alone", () => {
  const both = "/usr/bin/prlimit --fsize=1000000000:1000000000 --nproc=200:200 --";
  expect(limitWords(LIMITS, "bubblewrap", MEANS).join(" ")).toBe(both);
  expect(limitWords(LIMITS, "process", MEANS).join(" ")).toBe(FILES_ALONE);
  expect(limitWords(LIMITS, "namespaces", { ...MEANS, countsProcesses: false }).join(" ")).toBe(FILES_ALONE);
});

test("a limit that we are under ourselves is not raised, which the kernel would refuse", () => {
  const words = limitWords(LIMITS, "bubblewrap", { ...MEANS, own: { fileBytes: 5e8, processes: 60 } });
  expect(words.join(" ")).toBe("/usr/bin/prlimit --fsize=500000000:500000000 --nproc=60:60 --");
});

test("without the program there are no words", () => {
  expect(limitWords(LIMITS, "bubblewrap", { ...MEANS, prlimit: null })).toEqual([]);
});

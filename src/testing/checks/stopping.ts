import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Check, failed, passed, told } from "../check.ts";
import { compileFolder } from "../compiled.ts";

/** Longest a stopped worker may take to be gone: a second of grace and what a loaded machine adds. */
const MOST_SECONDS = 15;

/** Ctrl-C ends the worker and everything it started. */
export const canBeCancelled: Check = {
  name: "can-be-cancelled",
  title: "a compilation that is interrupted ends at once, and leaves no result",
  async run({ bench, material }) {
    const controller = new AbortController();
    // At its first sign of life, or else shortly after its start: small models may compile without a word.
    const soon = setTimeout(() => controller.abort(), 300);
    let began = performance.now();
    controller.signal.addEventListener("abort", () => {
      began = performance.now();
    });
    const limitations = { signal: controller.signal, onProgress: () => controller.abort() };
    const compiled = await compileFolder(bench, "cancelled", material.prepared, limitations);
    clearTimeout(soon);
    if (compiled.ok) return passed("it was done before it could be interrupted");
    if (compiled.error.reason !== "interrupted") return failed(told(compiled.error));
    const seconds = (performance.now() - began) / 1000;
    if (seconds > MOST_SECONDS) return failed(`it took ${seconds.toFixed(1)} s to end`);
    return passed(`gone after ${seconds.toFixed(1)} s`);
  },
};

/** A worker that is stopped in the middle is a failure with a reason, not a result. */
export const survivesNoCrash: Check = {
  name: "crash-is-no-result",
  title: "a worker that runs out of memory is a classified failure, and its files are no result",
  async run({ bench, material }) {
    const limits = { memoryBytes: 24 << 20 };
    const compiled = await compileFolder(bench, "crashed", material.prepared, { limits });
    if (compiled.ok) return failed("it compiled within 24 MiB, less than a bare interpreter with numpy needs");
    if (existsSync(join(bench.folder, "crashed/result.json"))) return passed(`explained by the worker itself: ${told(compiled.error)}`);
    return compiled.error.reason === "internal-error" ? failed(told(compiled.error)) : passed(told(compiled.error));
  },
};

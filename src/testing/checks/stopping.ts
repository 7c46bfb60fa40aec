import { cp, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
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

/** A time limit is a reason of its own. */
export const canTimeOut: Check = {
  name: "can-time-out",
  title: "a compilation that goes over its time limit is `timed-out`",
  async run({ bench, material }) {
    const compiled = await compileFolder(bench, "timed-out", material.prepared, { limits: { timeoutMs: 1 } });
    if (compiled.ok) return failed("it compiled within a millisecond");
    return compiled.error.reason === "timed-out" ? passed(told(compiled.error)) : failed(told(compiled.error));
  },
};

/** A worker that has done all its work and then dies has given nothing. */
export const crashIsNoResult: Check = {
  name: "crash-is-no-result",
  title: "a worker that crashes before it has said how it went gives a failure with the signal, whatever files it left",
  async run({ bench, material }) {
    const worker = { ...bench.worker, directory: await crashingWorker(bench) };
    const compiled = await compileFolder(bench, "crashed", material.prepared, { worker });
    if (compiled.ok) return failed("it crashed, and its result was taken");
    return compiled.error.reason === "crashed" ? passed(told(compiled.error)) : failed(told(compiled.error));
  },
};

const CRASHING = `"""The worker beside it, which ends by a real segmentation fault where it would write its result."""

import ctypes
import runpy

import fettle_worker.protocol

fettle_worker.protocol.write_json = lambda *_: ctypes.string_at(0)
runpy.run_path("in/.worker/real_worker.py", run_name="__main__")
`;

async function crashingWorker({ folder, subject }: Bench): Promise<string> {
  const copy = join(folder, "crashing-worker");
  await cp(subject.toolchain.directory, copy, { recursive: true });
  await rename(join(copy, "worker.py"), join(copy, "real_worker.py"));
  await writeFile(join(copy, "worker.py"), CRASHING);
  return copy;
}

import { type Digest, digestBytes } from "../../src/domain/digest.ts";
import type { ActionRecord } from "../../src/domain/store.ts";

/** A key no other test uses by chance. */
export function keyOf(name: string): Digest {
  return digestBytes(`key of ${name}`);
}

/** A record as the engine would write it, with values that are no defaults. */
export function recordFor(key: Digest): Omit<ActionRecord, "tree"> {
  return {
    key,
    step: "compile compile cpu-x64 toy/float32",
    result: { maxAbs: 2.5e-6, names: ["softmax"], nothing: null },
    inputs: { kind: "compile", version: 7, options: { level: 2 } },
    run: {
      startedAt: "2026-03-04T05:06:07.089Z",
      seconds: 12.5,
      workerSeconds: 11.25,
      peakMemoryBytes: 123_456_789,
      isolation: "namespaces",
      log: "/somewhere/compile.log",
    },
  };
}

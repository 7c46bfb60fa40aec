import { expect, test } from "vitest";
import type { TargetReport } from "../../../src/domain/report.ts";
import { summariseTarget } from "../../../src/report/summary-target.ts";
import { candidate } from "../../fixtures/report/candidates.ts";
import { plain } from "../../fixtures/report/themes.ts";

const by = "XLA's cost analysis for TPU v5e";
const unrun = candidate("tpu/float32", {
  ...{ proof: "compiled", facts: null, speed: null, agreement: null, bytes: 470_000 },
  reason: { code: "not-run-here", message: "compiled, not run: this host has no Google TPU v5e" },
  declared: {
    precision: { float32: 0.25, bfloat16: 0.75 },
    estimates: [
      { of: "time of one inference", value: 2.7e-6, unit: "s", by },
      { of: "peak memory", value: 8e6, unit: "bytes", by },
      { of: "work", value: 123_456, unit: "flop", by },
    ],
  },
});
const target: TargetReport = {
  ...{ target: "tpu-v5e", status: "accepted", proof: "compiled", required: "compiled", reason: null, seconds: {}, untried: [], notes: [] },
  winner: { candidate: "tpu/float32", artifact: "dist/digits/tpu-v5e", digest: "sha256:5a" },
  candidates: [unrun],
};

test("of a winner that ran nowhere, what the network declares and what a compiler estimates, each called so", () => {
  expect(`${summariseTarget(target, plain(100)).join("\n")}\n`).toMatchInlineSnapshot(`
    "tpu-v5e  ✔ accepted  compiled
      candidate    verdict     size
    ★ tpu/float32  accepted  470 kB
          not-run-here: compiled, not run: this host has no Google TPU v5e

      ★ tpu/float32
        artifact  dist/digits/tpu-v5e  470 kB
        digest    sha256:5a
        declares  bfloat16 for 75 % of the network's operators, float32 for 25 % of the network's
                  operators (not run)
        estimate  time of one inference 2.70 µs, by XLA's cost analysis for TPU v5e
        estimate  peak memory 8.00 MB, by XLA's cost analysis for TPU v5e
        estimate  work 1.23e5 flop, by XLA's cost analysis for TPU v5e
    "
  `);
});

test("of one that ran, what ran: declarations are no longer of interest", () => {
  const ran = candidate("tpu/float32", { declared: unrun.declared });
  const text = summariseTarget({ ...target, candidates: [ran] }, plain(100)).join("\n");
  expect(text).toContain("ran in");
  expect(text).not.toContain("estimate");
});

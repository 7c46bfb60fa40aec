import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestBytes } from "../../../../src/domain/digest.ts";
import type { ProofSpec } from "../../../../src/domain/step-specs.ts";
import { judgedBy } from "../../../../src/engine/publish/judged-by.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

function asked(requirements: string): ProofSpec & { metric: NonNullable<ProofSpec["metric"]> } {
  const script = { script: "metric.py", files: [{ path: "/here/metric.py", at: "metric.py", digest: digestBytes("score") }] };
  return {
    require: "measured",
    outputs: "auto",
    metric: { script, requirements, keep: { kind: "share-of-reference", percent: 99, text: "99 % of reference" } },
    latency: { p99: { nanoseconds: 5_000_000, text: "5 ms" } },
    measure: { threads: 1, margin: 0.03 },
    bind: {},
    shapes: {},
    limitBytes: 1000,
  };
}

function requirementsFile(text: string): string {
  const path = join(scratchFolder("recipe"), "requirements.lock");
  writeFileSync(path, text);
  return path;
}

test("whatever is asked of outputs, metric, latency and measurement is in it", async () => {
  const spec = asked(requirementsFile("numpy"));
  const { metric } = spec;
  const other = { ...metric.script, files: [{ path: "/here/metric.py", at: "metric.py", digest: digestBytes("another score") }] };
  const changed: ProofSpec[] = [
    { ...spec, outputs: { atol: 1e-3, rtol: 0, mismatch: 0, relativeL2: null, cosine: null } },
    { ...spec, metric: null },
    { ...spec, metric: { ...metric, script: other } },
    { ...spec, metric: { ...metric, requirements: requirementsFile("scipy") } },
    { ...spec, metric: { ...metric, keep: { kind: "share-of-reference", percent: 98, text: "98 % of reference" } } },
    { ...spec, latency: { p99: { nanoseconds: 6_000_000, text: "6 ms" } } },
    { ...spec, measure: { threads: 2, margin: 0.03 } },
  ];
  const digests = await Promise.all([spec, ...changed].map(judgedBy));
  expect(new Set(digests).size).toBe(digests.length);
});

test("it is the same from another folder, in other words, and for another limit of what is carried", async () => {
  const spec = asked(requirementsFile("numpy"));
  const { metric } = spec;
  const moved = { ...metric.script, files: [{ path: "/there/metric.py", at: "metric.py", digest: digestBytes("score") }] };
  const keep = { ...metric.keep, text: "99.0% of reference" };
  const same: ProofSpec = {
    ...spec,
    metric: { script: moved, requirements: requirementsFile("numpy"), keep },
    latency: { p99: { nanoseconds: 5_000_000, text: "5000 us" } },
    limitBytes: 5,
  };
  expect(await judgedBy(same)).toBe(await judgedBy(spec));
});

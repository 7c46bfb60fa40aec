import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { OutputTolerance } from "../../../src/domain/recipe.ts";
import { compareOutputs, type OutputComparison } from "../../../src/measure/compare-outputs.ts";
import { floats, type TestOutput, TIGHT, wave, writeOutputs } from "./support/folders.ts";

const SHARDS = [2, 1];
const values = wave(3 * 6);
const good = { probabilities: floats(values, [2, 3]), class: { dtype: "int64", sampleShape: [], values: [4n, 1n, 7n] } } as const;

async function compare(candidate: Record<string, TestOutput>, tolerance: OutputTolerance = TIGHT): Promise<OutputComparison> {
  return compareFolders(writeOutputs(good, SHARDS), writeOutputs(candidate, SHARDS), tolerance);
}

async function compareFolders(reference: string, candidate: string, tolerance: OutputTolerance = TIGHT): Promise<OutputComparison> {
  const result = await compareOutputs({ reference, candidate, tolerance: () => tolerance });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** The good values with one element changed. */
function changed(position: number, value: number): Record<string, TestOutput> {
  return { ...good, probabilities: floats(values.with(position, value), [2, 3]) };
}

describe("accepted", () => {
  test("the same values", async () => {
    const comparison = await compare(good);
    expect(comparison).toMatchObject({ verdict: "accepted", reason: { code: "agrees", message: "agrees exactly" } });
    expect(comparison.outputs[0]).toMatchObject({ elements: 18, maxAbs: 0, relL2: 0, cosine: 1, mismatch: 0, worst: null, fault: null });
  });

  test("a difference within the tolerance, with the largest one shown", async () => {
    const comparison = await compare(changed(7, (values[7] ?? 0) + 1e-6));
    expect(comparison.reason).toEqual({ code: "agrees", message: expect.stringMatching(/^agrees, max abs \d/) });
    expect(comparison.outputs[0]).toMatchObject({ verdict: "agrees", mismatch: 0, worst: { sample: 1, index: [0, 1] } });
  });

  test("outputs in another order", async () => {
    const comparison = await compare({ class: good.class, probabilities: good.probabilities });
    expect(comparison.verdict).toBe("accepted");
    expect(comparison.outputs.map((each) => each.name)).toEqual(["probabilities", "class"]);
  });

  test("shards that are cut elsewhere", async () => {
    expect(await compareFolders(writeOutputs(good, [2, 1]), writeOutputs(good, [1, 0, 2]))).toMatchObject({ verdict: "accepted" });
  });

  test("the same NaN and infinities at the same places", async () => {
    const masked = floats([1, Number.NEGATIVE_INFINITY, Number.NaN, Number.POSITIVE_INFINITY, 2, 3], [6]);
    const near = floats(masked.values.with(0, 1 + 1e-6) as number[], [6]);
    const comparison = await compareFolders(writeOutputs({ y: masked }, [1]), writeOutputs({ y: near }, [1]));
    expect(comparison).toMatchObject({ verdict: "accepted", outputs: [{ mismatch: 0, worst: { index: [0] } }] });
  });

  test("no samples and empty outputs", async () => {
    const empty = { y: floats([], [0, 4]) };
    expect(await compareFolders(writeOutputs(empty, [2]), writeOutputs(empty, [2]))).toMatchObject({ verdict: "accepted" });
    expect(await compareFolders(writeOutputs(empty, []), writeOutputs(empty, []))).toMatchObject({ verdict: "accepted" });
  });
});

describe("rejected", () => {
  test("one float32 element that is off by 1e-2, named", async () => {
    const comparison = await compare(changed(10, 0.5));
    const reference = Math.fround(values[10] ?? 0);
    expect(comparison).toMatchObject({ verdict: "rejected", reason: { code: "output-mismatch" } });
    expect(comparison.outputs[0]).toMatchObject({ verdict: "disagrees", worst: { sample: 1, index: [1, 1], value: 0.5, reference } });
    expect(comparison.reason.message).toContain(
      "probabilities: 1 of 18 elements differ by more than 0.00001 + 0.0001 x |reference| (none may)",
    );
    expect(comparison.reason.message).toContain(`worst at sample 1, [1, 1]: 0.5 where the reference has ${reference}`);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%s where the reference is finite", async (strange) => {
    const comparison = await compare(changed(17, strange));
    expect(comparison).toMatchObject({ verdict: "rejected", reason: { code: "output-not-finite" } });
    expect(comparison.reason.message).toBe(
      `probabilities: 1 of 18 elements not finite like the reference's, the first at sample 2, [1, 2]: ${strange} where the reference has ${Math.fround(values[17] ?? 0)}`,
    );
    expect(comparison.outputs[0]).toMatchObject({ maxAbs: null, relL2: null, cosine: null, mismatch: 1 / 18 });
  });

  test("the other infinity, and a finite value for an infinity", async () => {
    const reference = writeOutputs({ y: floats([Number.POSITIVE_INFINITY, 1], [2]) }, [1]);
    for (const value of [Number.NEGATIVE_INFINITY, 5]) {
      const comparison = await compareFolders(reference, writeOutputs({ y: floats([value, 1], [2]) }, [1]));
      expect(comparison.reason.code).toBe("output-not-finite");
    }
  });

  test("an output that is missing, renamed or too many", async () => {
    const { class: _, ...without } = good;
    expect((await compare(without)).reason).toEqual({
      code: "output-missing",
      message: "the outputs are not the reference's; missing: class",
    });
    expect((await compare({ ...without, klass: good.class })).reason.message).toBe(
      "the outputs are not the reference's; missing: class; not in the model: klass",
    );
    expect((await compare({ ...good, extra: good.class })).reason.code).toBe("output-missing");
  });

  test("samples that are missing", async () => {
    const comparison = await compareFolders(writeOutputs(good, [2, 1]), writeOutputs(good, [2]));
    expect(comparison.reason).toEqual({ code: "output-missing", message: "outputs of 2 samples where the reference has 3" });
  });

  test("a file that is missing", async () => {
    const candidate = writeOutputs(good, SHARDS);
    rmSync(join(candidate, "1", "0.npy"));
    const comparison = await compareFolders(writeOutputs(good, SHARDS), candidate);
    expect(comparison.reason).toEqual({
      code: "output-missing",
      message: "probabilities: output probabilities has no file for shard 1",
    });
    expect(comparison.outputs.map((each) => each.verdict)).toEqual(["disagrees", "agrees"]);
  });

  test("another shape, even of as many elements", async () => {
    expect((await compare({ ...good, probabilities: floats(values, [3, 2]) })).reason).toEqual({
      code: "output-shape",
      message: "probabilities: output probabilities, sample 0: shape [3, 2] where the reference has [2, 3]",
    });
  });

  test("another type, even with equal values", async () => {
    const comparison = await compare({ ...good, probabilities: floats(values, [2, 3], "float64") });
    expect(comparison.reason).toMatchObject({
      code: "output-dtype",
      message: expect.stringContaining("float64 where the reference has float32"),
    });
  });

  test("an integer that is off by one, whatever the tolerance", async () => {
    const loose = { atol: 10, rtol: 10, mismatch: 0, relativeL2: null, cosine: null };
    const comparison = await compare({ ...good, class: { ...good.class, values: [4n, 1n, 8n] } }, loose);
    expect(comparison.reason.code).toBe("output-mismatch");
    expect(comparison.outputs[1]).toMatchObject({ mismatch: 1 / 3, maxAbs: 1, worst: { sample: 2, index: [], value: 8, reference: 7 } });
  });

  test("64-bit integers that float64 cannot tell apart", async () => {
    for (const dtype of ["int64", "uint64"] as const) {
      const big = 2n ** 60n;
      const [reference, candidate] = [big, big + 1n].map((value) => writeOutputs({ y: { dtype, sampleShape: [1], values: [value] } }, [1]));
      expect(await compareFolders(reference ?? "", candidate ?? "")).toMatchObject({ verdict: "rejected", outputs: [{ mismatch: 1 }] });
    }
  });

  test("too large a relative L2 where every element is within its tolerance, and too low a cosine", async () => {
    const shifted = {
      ...good,
      probabilities: floats(
        values.map((value) => value + 0.05),
        [2, 3],
      ),
    };
    const base = { atol: 0.1, rtol: 0, mismatch: 0, relativeL2: null, cosine: null };
    expect((await compare(shifted, base)).verdict).toBe("accepted");
    expect((await compare(shifted, { ...base, relativeL2: 0.01 })).reason.message).toContain("is above 0.01; worst at");
    expect((await compare(shifted, { ...base, cosine: 0.9999 })).reason.message).toMatch(/cosine 0\.99\d+ is below 0\.9999/);
  });

  test("a perfect cosine does not save a scaled output", async () => {
    const doubled = {
      ...good,
      probabilities: floats(
        values.map((value) => 2 * value),
        [2, 3],
      ),
    };
    const comparison = await compare(doubled, { ...TIGHT, cosine: 0.999 });
    expect(comparison.outputs[0]).toMatchObject({ verdict: "disagrees", cosine: expect.closeTo(1, 9), relL2: expect.closeTo(1, 6) });
  });

  test("the gravest fault speaks", async () => {
    const candidate = { probabilities: floats(values.with(0, 9), [2, 3]), class: { ...good.class, dtype: "int32" } } as const;
    expect((await compare(candidate)).reason.code).toBe("output-dtype");
  });
});

describe("not judged", () => {
  async function failureOf(reference: string, candidate: string) {
    const result = await compareOutputs({ reference, candidate, tolerance: () => TIGHT });
    return result.ok ? null : result.error;
  }

  test("a candidate's file that is cut off", async () => {
    const candidate = writeOutputs(good, SHARDS);
    truncateSync(join(candidate, "0", "0.npy"), 150);
    expect(await failureOf(writeOutputs(good, SHARDS), candidate)).toEqual({
      reason: "garbage-output",
      message:
        "the candidate's outputs cannot be read: the file of output probabilities, shard 0, cannot be used: it is cut off: 150 of 176 bytes are there",
    });
  });

  test.each([
    ["not JSON", "{", "outputs.json is not JSON"],
    ["another format", '{"format": "x"}', "outputs.json does not follow the protocol: format"],
    [
      "a file outside",
      '{"format": "fettle.outputs/1", "samples": 1, "outputs": ["y"], "shards": [{"samples": 1, "files": {"y": "../../y.npy"}}]}',
      "outputs.json names a file outside its folder: ../../y.npy",
    ],
    [
      "a wrong count",
      '{"format": "fettle.outputs/1", "samples": 2, "outputs": [], "shards": []}',
      "outputs.json says 2 samples, and its shards hold 0",
    ],
  ])("an outputs.json that is %s", async (_, text, message) => {
    const candidate = writeOutputs(good, SHARDS);
    writeFileSync(join(candidate, "outputs.json"), text);
    const failure = await failureOf(writeOutputs(good, SHARDS), candidate);
    expect(failure?.reason).toBe("garbage-output");
    expect(failure?.message).toContain(message);
  });

  test("a reference that cannot be read", async () => {
    expect(await failureOf("/nowhere", writeOutputs(good, SHARDS))).toMatchObject({ reason: "unusable-reference" });
  });

  test("a signal that says stop", async () => {
    const many = { y: floats(wave(70 * 32 * 1024), [70 * 32 * 1024]) };
    const result = await compareOutputs({
      reference: writeOutputs(many, [1]),
      candidate: writeOutputs(many, [1]),
      tolerance: () => TIGHT,
      signal: AbortSignal.abort(),
    });
    expect(result).toMatchObject({ ok: false, error: { reason: "interrupted" } });
  });
});

describe("groups of samples", () => {
  const loose: OutputTolerance = { atol: 0.1, rtol: 0.1, mismatch: 0.1, relativeL2: 0.4, cosine: null };
  const samples = 20;
  const right = wave(samples * 3);
  const folder = (values: readonly number[], shards: readonly number[]) => writeOutputs({ y: floats(values, [3]) }, shards);
  const groups = [
    { name: "x [64]", runs: [{ start: 4, samples: 1 }] },
    {
      name: "x [960]",
      runs: [
        { start: 0, samples: 4 },
        { start: 5, samples: 15 },
      ],
    },
  ];

  async function compareGroups(values: readonly number[]): Promise<OutputComparison> {
    const request = { reference: folder(right, [4, 1, 15]), candidate: folder(values, [3, 7, 10]), tolerance: () => loose };
    const whole = await compareOutputs(request);
    expect(whole.ok && whole.value.verdict).toBe("accepted");
    const result = await compareOutputs({ ...request, groups });
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  }

  test("a group that is wrong is rejected, though it is too small to show among all", async () => {
    const comparison = await compareGroups(right.map((value, at) => (at >= 12 && at < 15 ? 0 : value)));
    expect(comparison).toMatchObject({ verdict: "rejected", reason: { code: "output-mismatch" } });
    expect(comparison.reason.message).toContain("y: at the size x [64]: 3 of 3 elements differ");
    expect(comparison.outputs[0]).toMatchObject({ elements: 60, verdict: "disagrees", worst: { sample: 4 } });
  });

  test("a difference that every group may have is accepted, as without them", async () => {
    const comparison = await compareGroups(right.map((value) => value * 1.01));
    expect(comparison).toMatchObject({ verdict: "accepted", reason: { code: "agrees" } });
  });

  test("one element of a large group may differ where one of a small one may not", async () => {
    const off = (place: number) => right.map((value, at) => (at === place ? value + 0.5 : value));
    expect((await compareGroups(off(0))).verdict).toBe("accepted");
    expect((await compareGroups(off(13))).verdict).toBe("rejected");
  });
});

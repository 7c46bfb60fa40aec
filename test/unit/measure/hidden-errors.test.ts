import { describe, expect, test } from "vitest";
import type { ExecutionFacts } from "../../../src/domain/facts.ts";
import { tolerancesFor } from "../../../src/measure/auto-tolerance.ts";
import { compareOutputs, type OutputComparison } from "../../../src/measure/compare-outputs.ts";
import { noiseFloor } from "../../../src/measure/noise-floor.ts";
import { floats, wave, writeOutputs } from "./support/folders.ts";

// Errors that numbers over a whole output would hide: each is what a broken artifact could leave.
type Precision = "float32" | "float16" | "bfloat16" | "int8";
const RAN = (precision: Precision): ExecutionFacts["executedPrecision"] => ({ [precision]: { ops: 1, time: 1 } });
const SIZE = 100;

interface Case {
  readonly reference: readonly number[];
  readonly candidate: readonly number[];
  readonly precision: Precision;
  readonly samples?: number;
  readonly noisy?: readonly number[];
}

async function judge({ reference, candidate, precision, samples = 1, noisy = reference }: Case): Promise<OutputComparison> {
  const folder = (values: readonly number[]) => writeOutputs({ y: floats(values, [values.length / samples]) }, [samples]);
  const base = folder(reference);
  const noise = await noiseFloor(base, folder(noisy));
  if (!noise.ok) throw new Error(noise.error.message);
  const tolerance = tolerancesFor("auto", RAN(precision), noise.value.outputs);
  const compared = await compareOutputs({ reference: base, candidate: folder(candidate), tolerance });
  if (!compared.ok) throw new Error(compared.error.message);
  return compared.value;
}

/** Every `step`-th value is another one. */
function sprinkled(values: readonly number[], step: number, value: number): number[] {
  return values.map((each, i) => (i % step === 0 ? value : each));
}

const ZEROS = Array.from({ length: 1_000 }, () => 0);

describe("beside a reference of zeros", () => {
  test.each<[Precision, number, number]>([
    ["bfloat16", 25, 1e30],
    ["float16", 25, 1e30],
    ["int8", 12, 1e30],
    ["bfloat16", 50, 1],
  ])("in %s, one element in %d of %d is an error, though so large a share may stray", async (precision, step, value) => {
    const comparison = await judge({ reference: ZEROS, candidate: sprinkled(ZEROS, step, value), precision });
    expect(comparison).toMatchObject({ verdict: "rejected", reason: { code: "output-mismatch" } });
    expect(comparison.reason.message).toContain("there is no relative L2 error, since the reference is zero throughout");
  });

  test("zeros agree with zeros", async () => {
    for (const precision of ["float32", "bfloat16", "int8"] as const)
      expect((await judge({ reference: ZEROS, candidate: ZEROS, precision })).verdict).toBe("accepted");
  });

  test("squares beyond float64 hide nothing either", async () => {
    const reference = wave(1_000);
    const base = writeOutputs({ y: floats(reference, [1_000], "float64") }, [1]);
    const candidate = writeOutputs({ y: floats(sprinkled(reference, 25, 1e200), [1_000], "float64") }, [1]);
    const tolerance = tolerancesFor("auto", RAN("bfloat16"), [{ name: "y", rms: 0.7, maxAbs: 0, relativeL2: 0 }]);
    const compared = await compareOutputs({ reference: base, candidate, tolerance });
    expect(compared.ok && compared.value.reason.message).toContain("its squares are too large to be added up");
  });
});

describe("beside masking values", () => {
  const logits = wave(1_000, 8);
  test.each([-10_000, -65_504, -1e9, -3.4028234663852886e38])("of %d, the rest is held to its own scale", async (mask) => {
    const reference = sprinkled(logits, 50, mask);
    const wrong = reference.map((value) => (value === Math.fround(mask) || value === mask ? value : value + 0.5));
    expect((await judge({ reference, candidate: wrong, precision: "float32" })).verdict).toBe("rejected");
    expect((await judge({ reference, candidate: wrong.map((value) => -value), precision: "bfloat16" })).verdict).toBe("rejected");
    const near = reference.map((value) => value * (1 - 1e-6));
    const comparison = await judge({ reference, candidate: near, precision: "float32" });
    expect(comparison.verdict).toBe("accepted");
    expect(comparison.outputs[0]?.tolerance.masks).toBeCloseTo(Math.abs(Math.fround(mask)), -30);
    expect(comparison.outputs[0]?.maxAbs).toBeLessThan(1e-4);
  });

  test("a mask that is not there is an error", async () => {
    const reference = sprinkled(logits, 50, -1e9);
    const candidate = reference.map((value, i) => (i === 100 ? 3 : value));
    expect((await judge({ reference, candidate, precision: "bfloat16" })).reason).toMatchObject({
      code: "output-mismatch",
      message: expect.stringContaining("relative L2 error"),
    });
  });

  test("large results that small ones lead up to are no masks", async () => {
    const growing = Array.from({ length: 1_000 }, (_, i) => Math.sign(Math.sin(i)) * 10 ** (i / 150));
    const comparison = await judge({ reference: growing, candidate: growing.map((value) => value * (1 + 1e-6)), precision: "float32" });
    expect(comparison.verdict).toBe("accepted");
    expect(comparison.outputs[0]?.tolerance).not.toHaveProperty("masks");
    const sparse = sprinkled(ZEROS, 50, 1e5);
    const noisy = sparse.map((value) => value + 1e-4);
    expect((await judge({ reference: sparse, candidate: noisy, precision: "float32" })).outputs[0]?.tolerance).not.toHaveProperty("masks");
  });
});

describe("in a few samples", () => {
  const samples = 150;
  const reference = wave(samples * SIZE);
  const without = (count: number) => reference.map((value, i) => (i < count * SIZE ? 0 : value));

  test.each<[Precision, number]>([
    ["float16", 1],
    ["bfloat16", 1],
    ["bfloat16", 3],
  ])("in %s, %d of 150 that are all zeros are an error, though the whole is near", async (precision, count) => {
    const comparison = await judge({ reference, candidate: without(count), precision, samples });
    expect(comparison).toMatchObject({ verdict: "rejected", reason: { code: "output-mismatch" } });
    const said = `${count} of 150 samples are off by more than 0.5 of their length (none may), the first is sample 0, by 0.99`;
    if (precision === "bfloat16") expect(comparison.reason.message).toContain(said);
  });

  test("int8 may lose some, whose worth the task metric judges, and no more", async () => {
    expect((await judge({ reference, candidate: without(14), precision: "int8", samples })).verdict).toBe("accepted");
    expect((await judge({ reference, candidate: without(16), precision: "int8", samples })).verdict).toBe("rejected");
  });

  test("a sample of next to nothing is held to the others' length", async () => {
    const quiet = reference.map((value, i) => (i < SIZE ? value * 1e-3 : value));
    const candidate = quiet.map((value, i) => (i < SIZE ? value + 0.01 : value + 0.06 * Math.cos(i)));
    expect((await judge({ reference: quiet, candidate, precision: "bfloat16", samples })).verdict).toBe("accepted");
  });
});

test("a reference without a single element proves nothing", async () => {
  const empty = writeOutputs({ y: floats([], [0, 6]) }, [3]);
  expect(await noiseFloor(empty, empty)).toMatchObject({
    ok: false,
    error: { reason: "unusable-reference", message: expect.stringContaining("no elements at all") },
  });
});

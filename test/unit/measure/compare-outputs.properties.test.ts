import fc from "fast-check";
import { expect, test } from "vitest";
import type { TensorAgreement } from "../../../src/domain/agreement.ts";
import type { OutputTolerance } from "../../../src/domain/recipe.ts";
import type { Dtype } from "../../../src/domain/tensor.ts";
import { compareOutputs } from "../../../src/measure/compare-outputs.ts";
import { floats, writeOutputs } from "./support/folders.ts";

const SIZE = 3;
const value = fc.double({ min: -100, max: 100, noNaN: true });
const small = fc.double({ min: -1e-2, max: 1e-2, noNaN: true });
/** Samples of three elements, each a reference value and how far the candidate is off. */
const samples = fc.array(fc.array(fc.tuple(value, fc.oneof(fc.constant(0), small)), { minLength: SIZE, maxLength: SIZE }), {
  minLength: 1,
  maxLength: 12,
});
const tolerance: OutputTolerance = { atol: 1e-3, rtol: 1e-4, mismatch: 0.25, relativeL2: null, cosine: null };

type Samples = readonly (readonly (readonly [number, number])[])[];

async function agreement(data: Samples, dtype: Dtype, shards: readonly number[] = [data.length]): Promise<TensorAgreement> {
  const pairs = data.flat();
  const reference = floats(
    pairs.map(([base]) => base),
    [SIZE],
    dtype,
  );
  const candidate = floats(
    pairs.map(([base, off]) => base + off),
    [SIZE],
    dtype,
  );
  const result = await compareOutputs({
    reference: writeOutputs({ y: reference }, [data.length]),
    candidate: writeOutputs({ y: candidate }, shards),
    tolerance: () => tolerance,
  });
  const first = result.ok ? result.value.outputs[0] : undefined;
  if (!first) throw new Error("no output was compared");
  return first;
}

/** The definitions, written down as plainly as possible. */
function naive(data: Samples, round: (value: number) => number) {
  const pairs = data.flat().map(([base, off]) => ({ r: round(base), c: round(base + off) }));
  const sum = (term: (pair: { r: number; c: number }) => number): number => pairs.reduce((total, pair) => total + term(pair), 0);
  const difference = Math.sqrt(sum(({ r, c }) => (c - r) ** 2));
  const [reference, candidate] = [Math.sqrt(sum(({ r }) => r * r)), Math.sqrt(sum(({ c }) => c * c))];
  const over = pairs.filter(({ r, c }) => Math.abs(c - r) > tolerance.atol + tolerance.rtol * Math.abs(r)).length;
  return {
    maxAbs: Math.max(...pairs.map(({ r, c }) => Math.abs(c - r))),
    relL2: difference === 0 ? 0 : difference / reference,
    cosine: reference === 0 && candidate === 0 ? 1 : sum(({ r, c }) => r * c) / (reference * candidate),
    mismatch: over / pairs.length,
  };
}

test.each<[Dtype, (value: number) => number]>([
  ["float32", Math.fround],
  ["float64", (x) => x],
  ["float16", (x) => Float16Array.of(x)[0] ?? 0],
])("%s agrees with the definitions", async (dtype, round) => {
  await fc.assert(
    fc.asyncProperty(samples, async (data) => {
      const found = await agreement(data, dtype);
      const expected = naive(data, round);
      expect(found.maxAbs).toBe(expected.maxAbs);
      expect(found.mismatch).toBe(expected.mismatch);
      expect(found.verdict).toBe(expected.mismatch > tolerance.mismatch ? "disagrees" : "agrees");
      if (Number.isFinite(expected.relL2)) expect(found.relL2).toBeCloseTo(expected.relL2, 9);
      if (Number.isFinite(expected.cosine)) expect(found.cosine).toBeCloseTo(expected.cosine, 9);
      const [sample, index] = [found.worst?.sample, found.worst?.index[0]];
      if (sample === undefined || index === undefined) expect(found.maxAbs).toBe(0);
      else expect(found.worst?.reference).toBe(round(data[sample]?.[index]?.[0] ?? Number.NaN));
    }),
    { numRuns: 50 },
  );
});

test("cutting the candidate into other shards changes no verdict, count or place", async () => {
  await fc.assert(
    fc.asyncProperty(samples, fc.nat(12), async (data, cut) => {
      const at = Math.min(cut, data.length);
      const [cutUp, whole] = [await agreement(data, "float64", [at, data.length - at]), await agreement(data, "float64")];
      // Sums of other blocks differ in their last bits.
      expect(cutUp.relL2 ?? -1).toBeCloseTo(whole.relL2 ?? -1, 12);
      expect(cutUp.cosine ?? -1).toBeCloseTo(whole.cosine ?? -1, 12);
      expect({ ...cutUp, relL2: null, cosine: null }).toEqual({ ...whole, relL2: null, cosine: null });
    }),
    { numRuns: 40 },
  );
});

test("the order of the samples changes no number but the place of the worst", async () => {
  await fc.assert(
    fc.asyncProperty(samples, async (data) => {
      const [forward, backward] = [await agreement(data, "float32"), await agreement(data.toReversed(), "float32")];
      expect(backward.maxAbs).toBe(forward.maxAbs);
      expect(backward.mismatch).toBe(forward.mismatch);
      expect(backward.relL2 ?? -1).toBeCloseTo(forward.relL2 ?? -1, 12);
      expect(backward.verdict).toBe(forward.verdict);
    }),
    { numRuns: 40 },
  );
});

test("the worst element is found across block borders", async () => {
  const length = 100_000;
  const reference = Array.from({ length }, (_, i) => (i % 97) / 97);
  for (const position of [0, 32_767, 32_768, 65_535, 99_999]) {
    const candidate = reference.with(position, 3);
    const result = await compareOutputs({
      reference: writeOutputs({ y: floats(reference, [length / 10]) }, [4, 6]),
      candidate: writeOutputs({ y: floats(candidate, [length / 10]) }, [10]),
      tolerance: () => ({ ...tolerance, mismatch: 0 }),
    });
    if (!result.ok) throw new Error(result.error.message);
    const place = { sample: Math.floor(position / 10_000), index: [position % 10_000], value: 3 };
    expect(result.value.outputs[0]).toMatchObject({ mismatch: 1 / length, worst: place });
  }
});

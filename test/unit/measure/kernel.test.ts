import fc from "fast-check";
import { expect, test } from "vitest";
import { createFloatKernel } from "../../../src/measure/kernel/float-kernel.ts";
import { excessBlock, sumBlock } from "../../../src/measure/kernel/sums.ts";

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const pairs = fc.array(fc.tuple(float, float), { maxLength: 200 });
const limits = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
const kernel = createFloatKernel();

function fill(values: readonly (readonly [number, number])[]): number {
  // What an earlier, longer block left behind must not be counted.
  kernel.reference.fill(1e30);
  kernel.candidate.fill(-1e30);
  kernel.reference.set(values.map(([reference]) => reference));
  kernel.candidate.set(values.map(([, candidate]) => candidate));
  return values.length;
}

function closeTo(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
}

test("the SIMD sums are those of plain JavaScript", () => {
  fc.assert(
    fc.property(pairs, (values) => {
      const count = fill(values);
      const simd = kernel.sums(count);
      const plain = sumBlock(kernel.reference, kernel.candidate, count);
      expect(simd.maxAbs).toBe(plain.maxAbs);
      closeTo(simd.difference, plain.difference);
      closeTo(simd.reference, plain.reference);
      // Terms of both signs: the error is bounded by their size, not by what is left of them.
      const size = values.reduce((sum, [reference, candidate]) => sum + Math.abs(reference * candidate), 0);
      expect(Math.abs(simd.inner - plain.inner)).toBeLessThanOrEqual(1e-12 * size);
    }),
  );
});

test("the SIMD excess is that of plain JavaScript, to the bit", () => {
  fc.assert(
    fc.property(pairs, limits, (values, [atol, rtol]) => {
      const count = fill(values);
      expect(kernel.excess(count, atol, rtol)).toEqual(excessBlock(kernel, count, atol, rtol));
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "%s on either side makes the sum of the difference not finite",
  (strange) => {
    for (const position of [0, 1, 2, 3, 4, 6]) {
      const values = Array.from({ length: 7 }, (): [number, number] => [1, 2]);
      values[position] = [strange, 2];
      expect(Number.isFinite(kernel.sums(fill(values)).difference)).toBe(false);
      values[position] = [1, strange];
      expect(Number.isFinite(kernel.sums(fill(values)).difference)).toBe(false);
    }
  },
);

test("the largest finite float32 values do not overflow the sums", () => {
  const largest = 3.4028234663852886e38;
  const count = fill(Array.from({ length: 8 }, (): [number, number] => [largest, -largest]));
  expect(kernel.sums(count)).toMatchObject({ maxAbs: 2 * largest, reference: 8 * largest ** 2, difference: 32 * largest ** 2 });
});

test("a full block", () => {
  kernel.reference.fill(1);
  kernel.candidate.fill(1.5);
  expect(kernel.sums(kernel.capacity)).toMatchObject({ maxAbs: 0.5, difference: kernel.capacity / 4, reference: kernel.capacity });
  expect(kernel.excess(kernel.capacity, 0.1, 0.1)).toMatchObject({ over: kernel.capacity });
});

import { describe, expect, test } from "vitest";
import type { ExecutionFacts } from "../../../src/domain/facts.ts";
import { autoTolerance, rungOf, tolerancesFor } from "../../../src/measure/auto-tolerance.ts";
import { compareOutputs, type OutputComparison } from "../../../src/measure/compare-outputs.ts";
import { noiseFloor } from "../../../src/measure/noise-floor.ts";
import { floats, wave, writeOutputs } from "./support/folders.ts";

type Executed = ExecutionFacts["executedPrecision"];
const RAN = {
  float32: { float32: { ops: 1, time: 1 } },
  // As read back from the PP-OCR recogniser.
  bfloat16: { bfloat16: { ops: 0.419, time: 0.9905 }, float32: { ops: 0.581, time: 0.0095 } },
  float16: { float16: { ops: 1, time: null } },
  int8: { u8: { ops: 0.2, time: 0.6 }, f32: { ops: 0.8, time: 0.4 } },
} satisfies Record<string, Executed>;

async function judge(reference: number[], candidate: number[], executed: Executed, noisy = reference): Promise<OutputComparison> {
  const folder = (values: number[]): string => writeOutputs({ y: floats(values, [values.length]) }, [1]);
  const base = folder(reference);
  const noise = await noiseFloor(base, folder(noisy));
  if (!noise.ok) throw new Error(noise.error.message);
  const tolerance = tolerancesFor("auto", executed, noise.value.outputs);
  const result = await compareOutputs({ reference: base, candidate: folder(candidate), tolerance });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Rounds a float32 to bfloat16, ties away from zero. */
function bfloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0] = ((bits[0] ?? 0) + 0x8000) & 0xffff0000;
  return new Float32Array(bits.buffer)[0] ?? 0;
}

const reference = wave(3_000);
const off = (error: number): number[] => reference.map((value, i) => value + error * Math.cos(i * 3.7));

describe("the rung", () => {
  test.each<[string, Executed, string]>([
    ["all float32", RAN.float32, "float32"],
    ["bfloat16 by time, though a minority of the operators", RAN.bfloat16, "bfloat16"],
    ["float16 by operators, where there are no times", RAN.float16, "float16"],
    ["int8 beside more float32", RAN.int8, "int8"],
    ["few lowered operators that take no time", { int8: { ops: 0.5, time: 0.01 }, float32: { ops: 0.5, time: 0.99 } }, "float32"],
    ["wider integers, which count for nothing", { int64: { ops: 0.9, time: 0.9 }, float32: { ops: 0.1, time: 0.1 } }, "float32"],
    ["nothing known", {}, "float32"],
  ])("%s", (_, executed, rung) => {
    expect(rungOf(executed)).toBe(rung);
  });
});

describe("float32", () => {
  test("rejects one element off by 1e-2", async () => {
    const comparison = await judge(reference, reference.with(1_234, (reference[1_234] ?? 0) + 1e-2), RAN.float32);
    expect(comparison).toMatchObject({ reason: { code: "output-mismatch" }, outputs: [{ worst: { sample: 0, index: [1_234] } }] });
  });

  test("accepts what other float32 runtimes gave (relative L2 of 2.2e-6)", async () => {
    expect((await judge(reference, off(2.2e-6), RAN.float32)).verdict).toBe("accepted");
  });

  test.each([
    ["bfloat16", (value: number) => bfloat16(value)],
    ["float16", (value: number) => Float16Array.of(value)[0] ?? 0],
    ["a constant offset", (value: number) => value + 1e-3],
    ["a scale", (value: number) => value * 1.001],
  ])("rejects %s", async (_, change) => {
    expect((await judge(reference, reference.map(change), RAN.float32)).verdict).toBe("rejected");
  });
});

describe("sigmoids near 1e-6, where the reference's own kernels differ by 1e-7", () => {
  const sigmoids = wave(5_000).map((value) => 2e-6 * (1 + value ** 2));
  const jitter = (size: number, phase: number): number[] => sigmoids.map((value, i) => value + size * Math.sin(i * 1.7 + phase));

  test("another runtime's noise is not rejected, though the cosine drops", async () => {
    const comparison = await judge(sigmoids, jitter(1.5e-7, 2), RAN.float32, jitter(1e-7, 0));
    expect(comparison.verdict).toBe("accepted");
    expect(comparison.outputs[0]?.cosine).toBeLessThan(0.9995);
  });

  test("zeros are rejected, on every rung", async () => {
    for (const executed of Object.values(RAN)) {
      expect(
        (
          await judge(
            sigmoids,
            sigmoids.map(() => 0),
            executed,
            jitter(1e-7, 0),
          )
        ).verdict,
      ).toBe("rejected");
    }
  });

  test("without such noise the same difference is rejected", async () => {
    expect((await judge(sigmoids, jitter(1.5e-7, 2), RAN.float32)).verdict).toBe("rejected");
  });
});

describe("lower precisions", () => {
  test.each<[string, Executed, number]>([
    ["bfloat16 at the largest error measured", RAN.bfloat16, 8e-2],
    ["float16 at an eighth of it", RAN.float16, 1e-2],
    ["int8 at the largest error measured", RAN.int8, 0.35],
  ])("accepts %s", async (_, executed, relativeL2) => {
    const comparison = await judge(reference, off(relativeL2), executed);
    expect(comparison.outputs[0]?.relL2).toBeCloseTo(relativeL2, 2);
    expect(comparison.verdict).toBe("accepted");
  });

  test.each<[string, Executed]>([
    ["bfloat16", RAN.bfloat16],
    ["float16", RAN.float16],
    ["int8", RAN.int8],
  ])("rejects on %s what no rounding explains", async (_, executed) => {
    const mean = reference.reduce((sum, value) => sum + value, 0) / reference.length;
    for (const wrong of [reference.map(() => mean), reference.toReversed(), reference.map((value) => -value), off(1)]) {
      expect((await judge(reference, wrong, executed)).verdict).toBe("rejected");
    }
  });
});

test("a recipe's own tolerance is taken as it is", () => {
  const own = { atol: 1, rtol: 2, mismatch: 0.5, relativeL2: null, cosine: 0.9 };
  expect(tolerancesFor(own, RAN.float32, [])("y")).toBe(own);
});

test("auto never uses the cosine, and is zero where the reference is", () => {
  for (const executed of Object.values(RAN)) {
    expect(autoTolerance(executed, { name: "y", rms: 0, maxAbs: 0, relativeL2: 0 })).toMatchObject({ atol: 0, cosine: null });
  }
});

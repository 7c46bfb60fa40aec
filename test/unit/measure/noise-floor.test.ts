import { expect, test } from "vitest";
import { noiseFloor } from "../../../src/measure/noise-floor.ts";
import { floats, type TestOutput, wave, writeOutputs } from "./support/folders.ts";

const SIZE = 400;
const values = wave(SIZE);

function floorOf(reference: TestOutput, noise: TestOutput) {
  return noiseFloor(writeOutputs({ y: reference }, [1]), writeOutputs({ y: noise }, [1]));
}

const tensor = (data: readonly number[]): TestOutput => floats(data, [data.length]);

test("says scale and noise of each output", async () => {
  const reference = tensor([3, -4, 0, 0]);
  const result = await floorOf(reference, tensor([3, -4, 0, 2 ** -10]));
  expect(result).toEqual({
    ok: true,
    value: { outputs: [{ name: "y", rms: 2.5, maxAbs: 2 ** -10, relativeL2: 2 ** -10 / 5 }], notes: [] },
  });
});

test("two equal runs have no noise but still a scale", async () => {
  expect(await floorOf(tensor([3, -4, 0, 0]), tensor([3, -4, 0, 0]))).toMatchObject({
    ok: true,
    value: { outputs: [{ rms: 2.5, maxAbs: 0, relativeL2: 0 }] },
  });
});

test("warns where agreement will prove little", async () => {
  const result = await floorOf(tensor(values), tensor(values.map((value) => value * 1.01)));
  expect(result.ok && result.value.notes).toEqual([
    "Output y is close to the reference's own noise on this data (relative L2 0.01 between two runs): agreement proves little there.",
  ]);
});

test("an infinity both runs have is a value", async () => {
  const masked = values.with(3, Number.NEGATIVE_INFINITY);
  expect(await floorOf(tensor(masked), tensor(masked))).toMatchObject({ ok: true, value: { outputs: [{ maxAbs: 0 }] } });
});

test.each<[string, readonly number[], readonly number[], string]>([
  ["NaN", values.with(5, Number.NaN), values.with(5, Number.NaN), "output y has 1 NaN among 400 elements"],
  ["an infinity in one run", [1, 2], [1, Number.POSITIVE_INFINITY], "output y is 2 in one run and Infinity in the other at sample 0"],
  ["nothing but infinities", [Number.POSITIVE_INFINITY], [Number.POSITIVE_INFINITY], "output y has no finite element"],
  [
    "runs that differ by a tenth",
    values,
    values.map((value) => value * 1.1),
    "output y differs between two runs of the reference itself by 10 % (relative L2); at most 6.25 % can be judged by",
  ],
  ["runs of which one is zero", [0, 0], [0, 1e-9], "output y differs between two runs"],
])("a reference with %s cannot be judged by", async (_, reference, noise, message) => {
  const result = await floorOf(tensor(reference), tensor(noise));
  if (result.ok) throw new Error("it was judged usable");
  expect(result.error.reason).toBe("unusable-reference");
  expect(result.error.message).toContain(`the reference cannot be judged by: ${message}`);
});

test("integers that differ between the runs", async () => {
  const classes = (data: readonly number[]): TestOutput => ({ dtype: "int32", sampleShape: [data.length], values: data });
  expect(await floorOf(classes([1, 2]), classes([1, 2]))).toMatchObject({ ok: true });
  expect(await floorOf(classes([1, 2]), classes([1, 3]))).toMatchObject({ ok: false, error: { reason: "unusable-reference" } });
});

test("a second run of another form, and a folder that is not there", async () => {
  expect(await floorOf(tensor(values), floats(values, [2, 200]))).toMatchObject({ ok: false, error: { reason: "unusable-reference" } });
  expect(await noiseFloor("/nowhere", "/nowhere")).toMatchObject({ ok: false, error: { reason: "unusable-reference" } });
});

import { expect, test } from "vitest";
import type { Json } from "../../src/domain/json.ts";
import type { Precision } from "../../src/domain/precision.ts";
import type { Speed } from "../../src/domain/speed.ts";
import type { OperationContext, StepOutcome } from "../../src/engine/operation.ts";
import { type Choice, select } from "../../src/engine/operations/select.ts";

interface Measured {
  readonly id: string;
  readonly precision?: Precision;
  readonly speed: readonly [ratio: number, low: number, high: number];
}

/** Runs select over candidates that were all accepted and measured, in the recipe's order. */
async function chosen(...measured: readonly Measured[]): Promise<Choice> {
  const candidates = measured.map(({ id, precision = "float32" }) => ({
    id,
    toolchain: id,
    version: "1",
    precision,
    cannotRun: null,
    emulatedBy: null,
  }));
  const inputs = new Map(measured.flatMap(({ id, speed }) => outcomesOf(id, speed)));
  const context = { step: { spec: { require: "measured", candidates, absent: [] } }, inputs } as unknown as OperationContext<"select">;
  const decided = await select.run(context);
  if (!decided.ok) throw new Error(decided.error.message);
  return decided.value.result as unknown as Choice;
}

function outcomesOf(id: string, [ratio, low, high]: Measured["speed"]): [string, StepOutcome][] {
  const done = (result: Json): StepOutcome => ({ state: "done", cached: false, result, record: null });
  const agrees = { verdict: "accepted", reason: { code: "agrees", message: "agrees" } };
  const speed: Partial<Speed> = { ratio, low, high, verdict: "faster" };
  const facts = { executedPrecision: {}, precisionEvidence: "executed", placement: {}, details: {}, notes: [] };
  const artifact = { versions: {}, files: ["m"], requires: { architecture: "any", cpuFeatures: [], packages: {} }, details: {}, notes: [] };
  return [
    [`${id} compile`, done(artifact)],
    [`${id} infer`, done(facts)],
    [`${id} validate`, done({ ...agrees, agreement: { outputs: [], metric: null } })],
    [`${id} measure`, done({ ...agrees, speed: speed as Json })],
  ];
}

test("the fastest wins where the data tells", async () => {
  expect(await chosen({ id: "slow", speed: [1.1, 1.08, 1.12] }, { id: "fast", speed: [1.3, 1.28, 1.32] })).toMatchObject({
    status: "accepted",
    winner: "fast",
    notes: [],
  });
});

test("among equals the recipe's order decides, whichever happened to come out ahead", async () => {
  const [first, second] = [{ id: "first" }, { id: "second" }];
  const low = [1.29, 1.25, 1.33] as const;
  const high = [1.31, 1.27, 1.35] as const;
  expect((await chosen({ ...first, speed: low }, { ...second, speed: high })).winner).toBe("first");
  const swapped = await chosen({ ...first, speed: high }, { ...second, speed: low });
  expect(swapped.winner).toBe("first");
  expect(swapped.notes).toEqual(["first and second are equally fast as far as the measurement tells."]);
});

test("among equals the more precise one wins", async () => {
  const coarse = { id: "coarse", precision: "bfloat16", speed: [1.31, 1.27, 1.35] } as const;
  expect((await chosen(coarse, { id: "fine", speed: [1.29, 1.25, 1.33] })).winner).toBe("fine");
});

/** Runs select over candidates that were compiled and not run. */
async function unrun(...ids: readonly string[]): Promise<Choice> {
  const precision = (id: string): Precision => (id.endsWith("/float16") ? "float16" : "float32");
  const candidates = ids.map((id) => ({
    ...{ id, toolchain: id, version: "1", precision: precision(id), cannotRun: "no GPU", emulatedBy: null },
  }));
  const inputs = new Map(ids.flatMap((id) => outcomesOf(id, [1, 1, 1]).filter(([name]) => name.endsWith(" compile"))));
  const context = { step: { spec: { require: "compiled", candidates } }, inputs } as unknown as OperationContext<"select">;
  const decided = await select.run(context);
  if (!decided.ok) throw new Error(decided.error.message);
  return decided.value.result as unknown as Choice;
}

test("of candidates that were not run the recipe's first is taken, and a note says that nothing else spoke for it", async () => {
  const choice = await unrun("rtx/float16", "rtx/float32");
  expect(choice).toMatchObject({ status: "accepted", winner: "rtx/float16" });
  expect(choice.notes).toEqual([
    "rtx/float16 was chosen over rtx/float32 because the recipe names it first: none of them was measured here.",
  ]);
});

test("what is emulated agrees or not, is no further proven than that, and wins over what was only compiled", async () => {
  const plain = { toolchain: "t", version: "1", precision: "float32" } as const;
  const candidates = [
    { ...plain, id: "first", cannotRun: "no such CPU", emulatedBy: null },
    { ...plain, id: "second", cannotRun: null, emulatedBy: "qemu-aarch64" },
  ];
  const inputs = new Map([...outcomesOf("first", [1, 1, 1]).slice(0, 1), ...outcomesOf("second", [1, 1, 1]).slice(0, 3)]);
  const context = { step: { spec: { require: "compiled", candidates } }, inputs } as unknown as OperationContext<"select">;
  const decided = await select.run(context);
  if (!decided.ok) throw new Error(decided.error.message);
  const choice = decided.value.result as unknown as Choice;
  expect(choice).toMatchObject({ winner: "second", notes: [] });
  expect(choice.candidates[1]).toMatchObject({
    proof: "emulated",
    reason: { code: "agrees", message: "agrees, run by qemu-aarch64 and not on the hardware" },
  });
});

test.each([
  ["nobody brought an image", { lacking: true }, "unavailable", "no-environment"],
  ["its packages could not be fetched", {}, "failed", "all-failed"],
] as const)("a toolchain without an environment, where %s", async (message, more, status, code) => {
  const failed: StepOutcome = { state: "failed", failure: { reason: "environment-unavailable", message, ...more } };
  const candidates = [{ id: "m", toolchain: "t", version: "1", precision: "float32", cannotRun: "no such device", emulatedBy: null }];
  const spec = { require: "compiled", candidates, absent: [] };
  const decided = await select.run({ step: { spec }, inputs: new Map([["m compile", failed]]) } as unknown as OperationContext<"select">);
  if (!decided.ok) throw new Error(decided.error.message);
  expect(decided.value.result).toMatchObject({ winner: null, status, reason: { code } });
});

test.each(["timed-out", "environment-unavailable"] as const)("what an emulator cannot show (%s) stays compiled", async (reason) => {
  const [compiled] = outcomesOf("m", [1, 1, 1]);
  const failed: StepOutcome = { state: "failed", failure: { reason, message: "It took longer than 30 min." } };
  const candidates = [{ id: "m", toolchain: "t", version: "1", precision: "float32", cannotRun: null, emulatedBy: "qemu-aarch64" }];
  const choose = async (require: string) => {
    const inputs = new Map([...(compiled ? [compiled] : []), ["m infer", failed] as const]);
    const context = { step: { spec: { require, candidates, absent: [] } }, inputs } as unknown as OperationContext<"select">;
    const decided = await select.run(context);
    if (!decided.ok) throw new Error(decided.error.message);
    return decided.value.result as unknown as Choice;
  };
  expect((await choose("compiled")).candidates).toMatchObject([
    {
      ...{ verdict: "accepted", proof: "compiled", failure: null },
      reason: { code: "not-run-here", message: "compiled, and qemu-aarch64 could not show that it runs: It took longer than 30 min." },
    },
  ]);
  expect(await choose("emulated")).toMatchObject({ winner: null, status: "unavailable", reason: { code: "proof-short" } });
});

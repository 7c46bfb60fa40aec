import { appendFile, chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BuildEventBody } from "../../src/domain/event.ts";
import { ok } from "../../src/domain/result.ts";
import type { ArtifactStore } from "../../src/domain/store.ts";
import { type RunPlanOptions, runPlan } from "../../src/engine/run-plan.ts";
import { openStore } from "../../src/store/open-store.ts";
import { gate, stepId, type ToyPlan, type ToyStep, toyFailure, toyPlan, toyServices } from "../rig/toy-plan.ts";

let root: string;
let stores: ArtifactStore[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "fettle-engine-"));
  stores = [];
});

afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await rm(root, { recursive: true, force: true });
});

async function store(): Promise<ArtifactStore> {
  const opened = await openStore({ root, onDamage: () => {} });
  if (!opened.ok) throw new Error(opened.error.message);
  stores.push(opened.value);
  return opened.value;
}

async function run(toy: ToyPlan, options: Partial<RunPlanOptions> = {}, events: BuildEventBody[] = []) {
  const settings = { jobs: 4, failFast: false, signal: new AbortController().signal, ...options };
  return runPlan(toy.plan, toyServices(await store(), toy, events), settings);
}

const diamond = (overrides: Readonly<Record<string, ToyStep>> = {}) =>
  toyPlan({ a: {}, left: { needs: ["a"] }, right: { needs: ["a"] }, end: { needs: ["left", "right"] }, ...overrides });

test("a step runs after all it needs, with their results", async () => {
  const toy = diamond();
  const outcomes = await run(toy);
  expect(toy.started[0]).toBe("a");
  expect(toy.started.at(-1)).toBe("end");
  expect(outcomes.get(stepId("end"))).toMatchObject({ state: "done", cached: false, result: 5 });
});

test("steps that do not need one another run at the same time, up to the job limit", async () => {
  const [first, second] = [gate(), gate()];
  const meet = (mine: typeof first, other: typeof first) => async () => {
    mine.open();
    await other.opened;
    return ok(1);
  };
  // Each waits for the other: this ends only if both run at once.
  await run(toyPlan({ one: { run: meet(first, second) }, two: { run: meet(second, first) } }), { jobs: 2 });

  let running = 0;
  let most = 0;
  const counted: ToyStep = {
    async run() {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return ok(1);
    },
  };
  await run(toyPlan({ p: counted, q: counted, r: counted }), { jobs: 1 });
  expect(most).toBe(1);
});

test("an exclusive step waits until nothing else of the build is ready or running", async () => {
  const toy = toyPlan({ measure: { exclusive: true }, slow: {}, after: { needs: ["slow"] } });
  await run(toy);
  expect(toy.started).toEqual(["slow", "after", "measure"]);
});

test("an exclusive step that will only be skipped does not wait for the machine", async () => {
  const events: BuildEventBody[] = [];
  const proceed = gate();
  const slow: ToyStep = {
    async run() {
      await proceed.opened;
      return ok(1);
    },
  };
  const push = events.push.bind(events);
  events.push = (...items) => {
    // The step that is held ends only once the other was skipped: this test ends if that does not wait for it.
    if (items.some((event) => event.type === "step-skipped")) proceed.open();
    return push(...items);
  };
  const toy = toyPlan({ bad: { run: async () => toyFailure("no") }, slow, measure: { needs: ["bad"], exclusive: true } });
  const outcomes = await run(toy, {}, events);
  expect(outcomes.get(stepId("measure"))).toMatchObject({ state: "skipped", why: "needs" });
});

test("a failed step takes along what needs it, and nothing else", async () => {
  const toy = diamond({ left: { needs: ["a"], run: async () => toyFailure("no") }, look: { settles: ["left", "right"] } });
  const outcomes = await run(toy);
  expect(outcomes.get(stepId("left"))).toMatchObject({ state: "failed", failure: { message: "no" } });
  expect(outcomes.get(stepId("right"))).toMatchObject({ state: "done" });
  expect(outcomes.get(stepId("end"))).toEqual({
    state: "skipped",
    why: "needs",
    because: "needs `toy left`, which failed",
    cause: stepId("left"),
  });
  expect(outcomes.get(stepId("look"))).toMatchObject({ state: "done", result: 3 });
});

test("--fail-fast stops what has not started", async () => {
  const toy = toyPlan({ bad: { run: async () => toyFailure("no") }, other: {}, later: { needs: ["other"] } });
  const outcomes = await run(toy, { failFast: true, jobs: 1 });
  expect(toy.started).toEqual(["bad"]);
  expect(outcomes.get(stepId("other"))).toMatchObject({ state: "skipped", why: "stopped" });
});

test("a step that throws is reported as a bug with its stack, and others go on", async () => {
  const broken: ToyStep = {
    run: async () => {
      throw new Error("oops");
    },
  };
  const outcomes = await run(toyPlan({ broken, fine: {} }));
  expect(outcomes.get(stepId("broken"))).toMatchObject({
    state: "failed",
    failure: { reason: "internal-error", message: expect.stringContaining("oops") },
  });
  expect(outcomes.get(stepId("fine"))).toMatchObject({ state: "done" });
});

test("an abort ends the running steps as interrupted and starts no more", async () => {
  const controller = new AbortController();
  const held: ToyStep = {
    async run({ signal }) {
      controller.abort();
      expect(signal.aborted).toBe(true);
      return ok(1);
    },
  };
  const outcomes = await run(toyPlan({ held, next: { needs: ["held"] } }), { signal: controller.signal });
  expect(outcomes.get(stepId("held"))).toMatchObject({ state: "failed", failure: { reason: "interrupted" } });
  expect(outcomes.get(stepId("next"))).toMatchObject({ state: "skipped" });
  expect((await run(toyPlan({ held: {}, next: { needs: ["held"] } }))).get(stepId("next"))).toMatchObject({ state: "done", cached: false });
});

test("a second run is answered from the store", async () => {
  await run(diamond());
  const again = diamond();
  const events: BuildEventBody[] = [];
  const outcomes = await run(again, {}, events);
  expect(again.started).toEqual([]);
  expect(outcomes.get(stepId("end"))).toMatchObject({ state: "done", cached: true, result: 5 });
  expect(events.map((event) => event.type)).toEqual(Array(4).fill("step-cached"));
});

test("a failure is never kept", async () => {
  await run(toyPlan({ a: { run: async () => toyFailure("once") } }));
  const outcomes = await run(toyPlan({ a: {} }));
  expect(outcomes.get(stepId("a"))).toMatchObject({ state: "done", cached: false });
});

test("a changed option rebuilds the step and what follows from it", async () => {
  await run(diamond());
  const changed = diamond({ left: { needs: ["a"], option: "other", run: async () => ok(7) } });
  const outcomes = await run(changed);
  expect(changed.started).toEqual(["left", "end"]);
  expect(outcomes.get(stepId("end"))).toMatchObject({ result: 10 });
});

test("an upstream that changed but gave the same bytes stops the rebuild there", async () => {
  await run(diamond());
  const changed = diamond({ a: { option: "other" } });
  await run(changed);
  expect(changed.started).toEqual(["a"]);
});

test("a damaged file in the store is a miss that heals", async () => {
  // `left` gives what no other step gives: equal files are kept once, and damage to them is damage to all.
  const left: ToyStep = { needs: ["a"], run: async () => ok(7) };
  const first = await run(diamond({ left }));
  const outcome = first.get(stepId("left"));
  if (outcome?.state !== "done" || !outcome.record) throw new Error("left was not kept");
  const file = join((await store()).treePath(outcome.record.tree), "value.txt");
  await chmod(file, 0o644);
  await appendFile(file, "0");

  const again = diamond({ left });
  const outcomes = await run(again);
  expect(again.started).toEqual(["left"]);
  expect(outcomes.get(stepId("end"))).toMatchObject({ cached: true, result: 10 });
});

test("two builds on one store execute each step once", async () => {
  const began = gate();
  const proceed = gate();
  const held = (): ToyStep => ({
    async run() {
      began.open();
      await proceed.opened;
      return ok(1);
    },
  });
  const [one, two] = [toyPlan({ a: held() }), toyPlan({ a: held() })];
  const events: BuildEventBody[] = [];
  const first = run(one);
  await began.opened;
  const waits = new Promise<void>((resolve) => {
    const push = events.push.bind(events);
    events.push = (...items) => {
      if (items.some((event) => event.type === "step-waiting")) resolve();
      return push(...items);
    };
  });
  const second = run(two, {}, events);
  await waits;
  proceed.open();
  const [a, b] = await Promise.all([first, second]);
  expect([...one.started, ...two.started]).toEqual(["a"]);
  expect(a.get(stepId("a"))).toMatchObject({ cached: false });
  expect(b.get(stepId("a"))).toMatchObject({ cached: true });
});

test("a kind that is asked for afresh is executed again, and its new result is kept", async () => {
  let value = 1;
  const counting = (): ToyPlan => toyPlan({ a: { run: async () => ok(value++) } });
  await run(counting());
  const again = counting();
  expect((await run(again, { afresh: new Set(["compile"]) })).get(stepId("a"))).toMatchObject({ cached: false, result: 2 });
  expect((await run(counting())).get(stepId("a"))).toMatchObject({ cached: true, result: 2 });
});

test("what throws outside of the work itself is a bug of that step alone", async () => {
  const toy = toyPlan({ a: {}, b: {} });
  const services = toyServices(await store(), toy);
  const lookup = services.store.lookup.bind(services.store);
  const broken = toy.plan.steps[0];
  services.store.lookup = async (key) => {
    if (broken && !toy.started.includes("b") && key === broken.key) throw new Error("lookup broke");
    return lookup(key);
  };
  const outcomes = await runPlan(toy.plan, services, { jobs: 1, failFast: false, signal: new AbortController().signal });
  expect(outcomes.get(stepId("a"))).toMatchObject({ state: "failed", failure: { reason: "internal-error" } });
  expect(outcomes.get(stepId("b"))).toMatchObject({ state: "done" });
});

import { describe, expect, test } from "vitest";
import type { Failure } from "../../../src/domain/failure.ts";
import { err, type Result } from "../../../src/domain/result.ts";
import { type MeasureSettings, measureInterleaved } from "../../../src/measure/measure-interleaved.ts";
import type { MeasuredProcess } from "../../../src/measure/rounds/measured-process.ts";
import type { Measured } from "../../../src/measure/rounds/summarise.ts";
import { type ProcessModel, SimulatedHost } from "./support/simulated-host.ts";

const MS = 1e6;
const settings: MeasureSettings = { threads: 1, margin: 0.03, seed: 1, samples: 0 };
const noisy = { jitter: 0.05, turnJitter: 0.03 };

interface Case {
  readonly host: SimulatedHost;
  readonly candidate: Omit<ProcessModel, "name">;
  readonly baseline: Omit<ProcessModel, "name">;
  readonly settings?: Partial<MeasureSettings>;
}

async function measure({ host, candidate, baseline, settings: changed }: Case): Promise<Measured> {
  const result = await measureInterleaved({
    candidate: host.process({ name: "tvm/float32", ...candidate }),
    baseline: host.process({ name: "onnxruntime/float32", ...baseline }),
    settings: { ...settings, ...changed },
    hostProbe: host.probe,
    signal: new AbortController().signal,
  });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Verdicts of many measurements of the same two programs. */
async function verdicts(count: number, of: (seed: number) => Case): Promise<Record<string, number>> {
  const found: Record<string, number> = { faster: 0, slower: 0, undecided: 0 };
  for (let seed = 1; seed <= count; seed++) {
    const { speed } = await measure(of(seed));
    found[speed.verdict] = (found[speed.verdict] ?? 0) + 1;
  }
  return found;
}

describe("verdicts", () => {
  test("the same program against itself is undecided in at least 95 of 100 cases, on a quiet and on a rough machine", async () => {
    const rough = { ns: 5 * MS, jitter: 0.2, turnJitter: 0.15 };
    for (const model of [{ ns: 5 * MS, ...noisy }, rough]) {
      const found = await verdicts(60, (seed) => ({
        host: new SimulatedHost(seed),
        candidate: model,
        baseline: model,
        settings: { seed, budgetMs: 15_000 },
      }));
      expect(found.undecided).toBeGreaterThanOrEqual(57);
    }
  });

  test("a program that is 10 % faster is found to be, and one that is slower too", async () => {
    const pair = { fast: { ns: 5 * MS, ...noisy }, slow: { ns: 5.5 * MS, ...noisy } };
    const faster = await verdicts(20, (seed) => ({ host: new SimulatedHost(seed), candidate: pair.fast, baseline: pair.slow }));
    expect(faster.faster).toBe(20);
    const slower = await verdicts(20, (seed) => ({ host: new SimulatedHost(seed), candidate: pair.slow, baseline: pair.fast }));
    expect(slower.slower).toBe(20);
  });

  test("a difference within the margin is named as such", async () => {
    const { speed } = await measure({
      host: new SimulatedHost(4),
      candidate: { ns: 5 * MS, jitter: 0.01 },
      baseline: { ns: 5.02 * MS, jitter: 0.01 },
    });
    expect(speed).toMatchObject({ verdict: "undecided", notes: ["Any difference is smaller than the margin of 3 %."] });
  });

  test("a machine that slows down all the while favours neither side", async () => {
    const drift = (nowNs: number): number => 1 + nowNs / 20e9;
    const model = { ns: 5 * MS, jitter: 0.01, drift };
    const { speed } = await measure({ host: new SimulatedHost(5), candidate: model, baseline: model });
    expect(Math.abs(speed.ratio - 1)).toBeLessThan(0.005);
  });
});

describe("what is reported", () => {
  test("ratio, interval, times and counts", async () => {
    const host = new SimulatedHost(2);
    const { speed, samplesNs } = await measure({ host, candidate: { ns: 4 * MS, ...noisy }, baseline: { ns: 8 * MS, ...noisy } });
    expect(speed).toMatchObject({
      baseline: "onnxruntime/float32",
      verdict: "faster",
      margin: 0.03,
      threads: 1,
      taintedRounds: 0,
      notes: [],
    });
    expect(speed.low).toBeLessThanOrEqual(speed.ratio);
    expect(speed.high).toBeGreaterThanOrEqual(speed.ratio);
    expect(speed.ratio).toBeCloseTo(2, 1);
    expect(speed.baselineMedianNs / MS).toBeCloseTo(8, 0);
    expect(speed.cpuMedianNs / MS).toBeCloseTo(4, 0);
    expect(samplesNs).toHaveLength(speed.samples);
  });

  test("rounds are A-B-B-A and B-A-A-B in turn", async () => {
    const host = new SimulatedHost(2);
    const { speed } = await measure({ host, candidate: { ns: 4 * MS }, baseline: { ns: 8 * MS } });
    const turns = host.runs.slice(-4 * speed.rounds);
    const letters = turns.map((turn) => (turn.name.startsWith("tvm") ? "A" : "B")).join("");
    expect(letters).toBe("ABBABAAB".repeat(speed.rounds / 2));
    // Turns of about 100 ms, in which the faster side goes over the slower one's samples twice, and one inference that is dropped.
    expect(new Set(turns.map((turn) => `${turn.name} ${turn.count}`))).toEqual(new Set(["tvm/float32 27", "onnxruntime/float32 14"]));
  });

  test("the first inference of a turn, which finds cold caches, does not count", async () => {
    const { speed } = await measure({
      host: new SimulatedHost(2),
      candidate: { ns: MS, coldFactor: 9 },
      baseline: { ns: MS, coldFactor: 9 },
    });
    expect(speed.percentiles.p99).toMatchObject({ nanoseconds: MS });
  });

  test("a percentile without enough samples says how many it needs, and asking for them gets them", async () => {
    const slow = { ns: 50 * MS, jitter: 0.001 };
    const few = await measure({ host: new SimulatedHost(3), candidate: slow, baseline: slow });
    expect(few.speed.percentiles).toMatchObject({ p50: { samples: 48 }, p99: { needs: 459, samples: 48 } });
    const many = await measure({
      host: new SimulatedHost(3),
      candidate: slow,
      baseline: slow,
      settings: { samples: 459, budgetMs: 300_000 },
    });
    expect(many.speed.percentiles.p99).toMatchObject({ samples: many.speed.samples });
    expect(many.speed.samples).toBeGreaterThanOrEqual(459);
  });
});

describe("samples that take different times", () => {
  /** Samples of the inferences that count, of each turn of one side. */
  function counted(host: SimulatedHost, name: string, rounds: number): (readonly number[])[] {
    return host.runs
      .slice(-4 * rounds)
      .filter((turn) => turn.name === name)
      .map((turn) => turn.samples.slice(1));
  }

  test.each([0.5, 2, 3, 7, 20])("all count equally often, for the candidate as for the baseline, at %f inferences a turn", async (runs) => {
    const host = new SimulatedHost(2);
    const model = { ns: (100 * MS) / runs, samples: Array(8).fill(1) };
    const { speed } = await measure({ host, candidate: { ...model, ns: model.ns / 3 }, baseline: model });
    const sides = ["tvm/float32", "onnxruntime/float32"].map((name) => {
      const times = Array<number>(8).fill(0);
      for (const sample of counted(host, name, speed.rounds).flat()) times[sample] = (times[sample] ?? 0) + 1;
      return times;
    });
    for (const times of sides) {
      const all = times.reduce((sum, time) => sum + time);
      // The end may cut off a last way round.
      for (const time of times) expect(Math.abs(time / all - 1 / 8)).toBeLessThan(1 / 8 / 3);
    }
    const shares = sides.map((times) => times.map((time) => time / times.reduce((sum, each) => sum + each)));
    expect(shares[0]).toEqual(shares[1]);
  });

  test("are the same ones for both sides in each half of a round, and what is dropped is the first of them", async () => {
    const host = new SimulatedHost(2);
    const slow = { ns: 100 * MS, samples: Array(8).fill(1) };
    const { speed } = await measure({ host, candidate: { ...slow, ns: slow.ns / 3 }, baseline: slow });
    const [candidate, baseline] = [counted(host, "tvm/float32", speed.rounds), counted(host, "onnxruntime/float32", speed.rounds)];
    expect(baseline.slice(0, 10)).toEqual([[0], [1], [2], [3], [4], [5], [6], [7], [0], [1]]);
    expect(candidate.slice(0, 3)).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(host.runs.slice(-4 * speed.rounds).every(({ samples }) => samples[0] === samples[1])).toBe(true);
  });

  test("a candidate that is slower on each of them is never called faster", async () => {
    for (const [first, second] of [
      [80, 50],
      [50, 80],
      [70, 62],
      [90, 40],
    ] as const) {
      const baseline = { ns: MS, samples: [first, second, first, second, first, second, first, second] };
      const { speed } = await measure({ host: new SimulatedHost(3), candidate: { ...baseline, ns: 1.1 * MS }, baseline });
      expect(speed.verdict).toBe("slower");
      expect(speed.ratio).toBeCloseTo(1 / 1.1, 5);
    }
  });
});

describe("a host that is not quiet", () => {
  const model = { ns: 5 * MS, ...noisy };

  test("disturbed rounds are repeated", async () => {
    const host = new SimulatedHost(6, (nowNs) => (nowNs > 2e9 && nowNs < 4e9 ? 1 : 0));
    const { speed } = await measure({ host, candidate: model, baseline: model });
    expect(speed.taintedRounds).toBeGreaterThan(2);
    expect(speed.rounds).toBeGreaterThanOrEqual(12);
    expect(speed.notes[0]).toMatch(/^\d disturbed rounds were repeated \(other programs used \d+(\.\d)? % of the CPUs\)\.$/);
  });

  test("one that never is gives an honest verdict with a note, and no failure", async () => {
    const host = new SimulatedHost(6, () => 1);
    const rough = { ...model, turnJitter: 0.1 };
    const { speed } = await measure({ host, candidate: rough, baseline: rough });
    expect(speed.verdict).toBe("undecided");
    expect(speed.taintedRounds).toBe(speed.rounds);
    expect(speed.notes.at(-1)).toMatch(
      /^The host was not quiet: (\d+) of \1 rounds are disturbed \(other programs used 50 % of the CPUs\) and count all the same, with a 99 % interval\.$/,
    );
    expect(host.nowNs).toBeLessThan(45e9);
  });

  test("a large difference shows even there", async () => {
    const host = new SimulatedHost(6, () => 1);
    const { speed } = await measure({ host, candidate: model, baseline: { ...model, ns: 10 * MS } });
    expect(speed.verdict).toBe("faster");
  });
});

describe("limits", () => {
  test("a model too slow for the least number of rounds gets no verdict, in four times the budget", async () => {
    const host = new SimulatedHost(7);
    const { speed } = await measure({ host, candidate: { ns: 1_000 * MS }, baseline: { ns: 4_000 * MS }, settings: { budgetMs: 10_000 } });
    const notes = ["Only 2 rounds fitted into the time, and a verdict takes at least 8: too few for a 99 % interval."];
    expect(speed).toMatchObject({ verdict: "undecided", rounds: 2, notes });
  });

  test("rounds that are too few for a 99 % interval give no verdict, however far apart the sides are", async () => {
    const slow = { ns: 1_000 * MS, jitter: 0.01 };
    const rounds: Record<number, string> = {};
    for (const budgetMs of [10_000, 10_500, 11_500, 12_500, 14_000, 15_500, 16_500]) {
      const { speed } = await measure({
        host: new SimulatedHost(7),
        candidate: slow,
        baseline: { ...slow, ns: 500 * MS },
        settings: { budgetMs },
      });
      rounds[speed.rounds] = speed.verdict;
    }
    expect(rounds).toEqual({ 7: "undecided", 8: "slower", 9: "slower" });
  });

  test("the rounds that a verdict takes are finished beyond three times the budget", async () => {
    const slow = { ns: 1_700 * MS, jitter: 0.01 };
    const { speed } = await measure({ host: new SimulatedHost(7), candidate: slow, baseline: { ...slow, ns: 1_800 * MS } });
    expect(speed).toMatchObject({ verdict: "faster", rounds: 8 });
  });

  test("a model that never gets steady is measured all the same, and it is said", async () => {
    const wild = { ns: 5 * MS, drift: (nowNs: number) => 1.06 ** (Math.min(nowNs, 4.5e9) / 50e6) };
    const { speed } = await measure({ host: new SimulatedHost(8), candidate: wild, baseline: { ns: 5 * MS } });
    expect(speed.notes).toContain("tvm/float32 was still not steady after 4 s of warming up.");
  });
});

describe("ends early", () => {
  const host = new SimulatedHost(9);
  const healthy = host.process({ name: "onnxruntime/float32", ns: MS });

  function start(candidate: MeasuredProcess, signal: AbortSignal): Promise<Result<Measured, Failure>> {
    return measureInterleaved({ candidate, baseline: healthy, settings, hostProbe: host.probe, signal });
  }

  test("with the worker's failure when it dies, whenever that is", async () => {
    const failure: Failure = { reason: "crashed", message: "the worker was ended by SIGSEGV" };
    for (const lives of [0, 1, 6, 12]) {
      let calls = 0;
      const dying: MeasuredProcess = { name: "x", run: async (count) => (calls++ < lives ? healthy.run(count) : err(failure)) };
      expect(await start(dying, new AbortController().signal)).toEqual({ ok: false, error: failure });
    }
  });

  test("when it is interrupted", async () => {
    for (const calls of [0, 1, 8]) {
      const controller = new AbortController();
      let left = calls;
      const run: MeasuredProcess["run"] = (count) => {
        if (left-- === 0) controller.abort();
        return healthy.run(count);
      };
      expect(await start({ name: "x", run }, controller.signal)).toMatchObject({ ok: false, error: { reason: "interrupted" } });
    }
  });
});

test("progress says what is done and how far the time is used", async () => {
  const host = new SimulatedHost(10);
  const said: [string, number][] = [];
  await measureInterleaved({
    candidate: host.process({ name: "a", ns: MS }),
    baseline: host.process({ name: "b", ns: MS }),
    settings,
    hostProbe: host.probe,
    signal: new AbortController().signal,
    onProgress: (text, fraction) => said.push([text, fraction]),
  });
  expect(said.slice(0, 3)).toEqual([
    ["warming up a", 0],
    ["warming up b", 0],
    ["round 1, ratio 1.00", expect.closeTo(0.0135, 3)],
  ]);
});

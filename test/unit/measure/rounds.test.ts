import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CommandExit } from "../../../src/domain/command.ts";
import type { Json } from "../../../src/domain/json.ts";
import { err, ok } from "../../../src/domain/result.ts";
import { askRun } from "../../../src/measure/rounds/ask-run.ts";
import { createHostProbe } from "../../../src/measure/rounds/host-probe.ts";
import type { HostSample } from "../../../src/measure/rounds/host-sample.ts";
import { taintOf } from "../../../src/measure/rounds/taint.ts";
import { runsIn, warmUp } from "../../../src/measure/rounds/warm-up.ts";
import { temporaryFolder } from "./support/folders.ts";

describe("taint of a round of 0.4 s on 2 CPUs, of which the workers used 0.36 s", () => {
  const before: HostSample = {
    atNs: 0,
    cpus: 2,
    busyNs: 0,
    stolenNs: 0,
    throttledNs: 0,
    thermalEvents: 0,
    ownNs: 0,
    spinNs: 1e6,
  };
  const quiet: HostSample = { ...before, atNs: 0.4e9, busyNs: 0.38e9, ownNs: 0.01e9 };

  test.each<[string, Partial<HostSample>, string | null]>([
    ["a quiet host", {}, null],
    ["a tick of others' work", { busyNs: 0.4e9 }, null],
    ["another busy program", { busyNs: 0.7e9 }, "other programs used 41.3 % of the CPUs"],
    ["time taken by the hypervisor", { stolenNs: 0.04e9 }, "the hypervisor took 5 % of the CPUs"],
    ["a quota that ran out", { throttledNs: 1 }, "the CPU quota ran out"],
    ["heat", { thermalEvents: 3 }, "a core was throttled for heat"],
    ["a clock that changed", { spinNs: 1.25e6 }, "the CPU's speed changed by 25 %"],
    ["a clock that wavers", { spinNs: 1.05e6 }, null],
    ["a host that does not tell", { busyNs: null, stolenNs: null, throttledNs: null, thermalEvents: null }, null],
  ])("%s", (_, changes, taint) => {
    expect(taintOf(before, { ...quiet, ...changes }, 0.36e9)).toBe(taint);
  });

  test("a round too short to count ticks in", () => {
    expect(taintOf(before, { ...quiet, atNs: 0.05e9, busyNs: 0.07e9 }, 0.04e9)).toBeNull();
  });
});

describe("host probe", () => {
  test("this host", () => {
    const probe = createHostProbe();
    const [first, second] = [probe.sample(), probe.sample()];
    expect(second.atNs).toBeGreaterThan(first.atNs);
    expect(second.ownNs).toBeGreaterThanOrEqual(first.ownNs);
    expect(first.spinNs).toBeGreaterThan(0);
    expect(first.cpus).toBeGreaterThanOrEqual(1);
  });

  test("what the files of another host say", () => {
    const root = temporaryFolder();
    const [proc, sys] = [join(root, "proc"), join(root, "sys")];
    for (const folder of [
      "proc/self",
      "sys/fs/cgroup/work",
      "sys/devices/system/cpu/cpu0/thermal_throttle",
      "sys/devices/system/cpu/cpufreq",
    ]) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    writeFileSync(
      join(proc, "stat"),
      "cpu  100 10 50 900 40 5 6 7 30 0\ncpu0 50 5 25 450 20 2 3 3 15 0\ncpu1 50 5 25 450 20 3 3 4 15 0\nctxt 5\n",
    );
    writeFileSync(join(proc, "self/cgroup"), "0::/work\n");
    writeFileSync(join(sys, "fs/cgroup/work/cpu.stat"), "usage_usec 5\nnr_throttled 2\nthrottled_usec 1234\n");
    writeFileSync(join(sys, "devices/system/cpu/cpu0/thermal_throttle/core_throttle_count"), "3\n");
    expect(createHostProbe({ proc, sys }).sample()).toMatchObject({
      cpus: 2,
      busyNs: 171 * 10e6,
      stolenNs: 7 * 10e6,
      throttledNs: 1_234_000,
      thermalEvents: 3,
    });
  });

  test("a host without any of these files", () => {
    const nowhere = { proc: "/nowhere", sys: "/nowhere" };
    expect(createHostProbe(nowhere).sample()).toMatchObject({ busyNs: null, stolenNs: null, throttledNs: null, thermalEvents: null });
  });
});

describe("warm-up", () => {
  /** A process whose inference takes these times in turn, and the last one for ever. */
  const process = (times: readonly number[]) => {
    let at = 0;
    const next = (): number => times[Math.min(at++, times.length - 1)] ?? 0;
    return {
      name: "x",
      run: async (count: number) => {
        const wallNs = Array.from({ length: count }, next);
        return ok({ wallNs, cpuNs: wallNs });
      },
    };
  };
  const limits = { budgetNs: 1e9, batchNs: 10e6 };

  test("ends when three batches are alike", async () => {
    const falling = [90e6, 50e6, 30e6, 20e6, 15e6, 12e6, 11e6, 10e6, 10.1e6, 10.2e6];
    expect(await warmUp(process(falling), limits)).toEqual(ok({ medianNs: 10.2e6, steady: true }));
  });

  test("ends unsteady when its time is used up", async () => {
    const swinging = Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? 20e6 : 10e6));
    expect(await warmUp(process(swinging), limits)).toMatchObject({ ok: true, value: { steady: false } });
  });

  test("inferences that fill a time", () => {
    expect([runsIn(100e6, 5e6), runsIn(100e6, 3e9), runsIn(100e6, 1), runsIn(100e6, 0)]).toEqual([20, 1, 2_000, 2_000]);
  });
});

describe("asking a worker", () => {
  const exit: CommandExit = { code: null, signal: "SIGSEGV", stopped: null, seconds: 1, peakMemoryBytes: 0 };

  function answering(answer: Json) {
    const asked: Json[] = [];
    const ask = async (message: Json) => {
      asked.push(message);
      return ok(answer);
    };
    return { asked, process: askRun("tvm/float32", { ask }, () => ({ reason: "crashed", message: "crashed" })) };
  }

  test("gives its times", async () => {
    const { asked, process } = answering({ wall_ns: [5, 6], cpu_ns: [4, 0] });
    expect(await process.run(2)).toEqual(ok({ wallNs: [5, 6], cpuNs: [4, 0] }));
    expect(asked).toEqual([{ run: 2 }]);
  });

  test("for certain samples", async () => {
    const { asked, process } = answering({ wall_ns: [5, 6], cpu_ns: [4, 0] });
    await process.run(2, [7, 8]);
    expect(asked).toEqual([{ run: 2, samples: [7, 8] }]);
  });

  test.each<[string, Json, string]>([
    ["something else", { ready: true }, "its answer to a run is not the protocol's"],
    ["fewer times", { wall_ns: [5], cpu_ns: [4] }, "it gave 1 times for 2 runs"],
    ["negative times", { wall_ns: [5, -1], cpu_ns: [4, 4] }, "its answer to a run is not the protocol's"],
    ["no time at all", { wall_ns: [0, 0], cpu_ns: [0, 0] }, "its runs took no time at all"],
  ])("that answers %s", async (_, answer, message) => {
    expect(await answering(answer).process.run(2)).toEqual(
      err({ reason: "garbage-output", message: `the worker of tvm/float32 cannot be measured: ${message}` }),
    );
  });

  test("that is dead", async () => {
    const failure = { reason: "crashed", message: "SIGSEGV" } as const;
    const seen: unknown[] = [];
    const process = askRun("x", { ask: async () => err(exit) }, (how) => {
      seen.push(how);
      return failure;
    });
    expect(await process.run(2)).toEqual(err(failure));
    expect(seen).toEqual([exit]);
  });
});

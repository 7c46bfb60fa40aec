import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { classifyExit } from "../../../src/executors/classify-exit.ts";
import { type FileLock, lockFile, tryLockFile } from "../../../src/system/file-lock.ts";
import { run } from "../../rig/commands.ts";
import { type Attacker, inWorkspace, told } from "../../rig/hostile/attack.ts";
import { EAT_MEMORY, EAT_SHARED_MEMORY, FLOOD, FORK_BOMB, GIVE_LEASE_BACK, LARGE_FILE, LEAVE_DAEMON } from "../../rig/hostile/programs.ts";
import { scratchFolder } from "../../rig/scratch.ts";

/** Attacks by taking too much: processes, memory, disk, output, time after the end. */
export function hostileLimits(attacker: Attacker): void {
  test.each([
    ["daemon", false],
    ["hiddenDaemon", true],
  ] as const)("it leaves a process running (%s)", async (name, hide) => {
    const spec = attacker.spec(LEAVE_DAEMON, { hide });
    const alive = await heldLock();
    const ran = await run(attacker.executor, spec, { inherit: [alive.lock.descriptor] });
    alive.lock.release();
    expect(ran.exit).toMatchObject({ code: 0, stopped: null });
    const pid = Number(readFileSync(inWorkspace(spec, "out/pid"), "utf8"));
    const isGone = await isFree(alive.path);
    if (!isGone) process.kill(pid, "SIGKILL");
    attacker.expectHeld(name, isGone);
  });

  // Without a control group such a bomb may take the time in which it would be seen: it is held sooner or later.
  const isDecided = attacker.defence("forksApart") === "held";
  if (!isDecided)
    process.stderr.write(`\nNOT RUN: forks in sessions of their own in ${attacker.shelter}: no control groups can be made here.\n`);
  test.each([["forks", false] as const, ...(isDecided ? [["forksApart", true] as const] : [])])(
    "it forks without end (%s)",
    async (name, leave) => {
      const alive = await heldLock();
      const spec = attacker.spec(FORK_BOMB, { leave }, { limits: { processes: 150 } });
      const ran = await run(attacker.executor, spec, { inherit: [alive.lock.descriptor] });
      alive.lock.release();
      expect(told(ran, "started")).toEqual([true]);
      // A bomb that nothing holds is over by itself, and was not stopped.
      expect(ran.exit.stopped).toBe("too-many-processes");
      expect(classifyExit(ran.exit, ran.log).reason).toBe("too-many-processes");
      attacker.expectHeld(name, await isFree(alive.path));
    },
  );

  test("it takes memory in many processes", async () => {
    const ran = await attacker.attack(EAT_MEMORY, {}, { limits: { memoryBytes: 200e6 } });
    // What nothing holds is over by itself, and was not stopped.
    attacker.expectHeld("memory", classifyExit(ran.exit, ran.log).reason === "out-of-memory");
  });

  test.each([
    ["sharedMemory", "shm"],
    ["hiddenMemory", "memfd"],
  ] as const)("it takes memory that it does not map (%s)", async (name, how) => {
    const ran = await attacker.attack(EAT_SHARED_MEMORY, { how }, { limits: { memoryBytes: 150e6 } });
    const [grown = 0] = told(ran, "grown") as number[];
    attacker.expectHeld(name, grown < 250);
  });

  test("it prints half a gigabyte on each of its outputs", async () => {
    const before = process.memoryUsage().rss;
    const spec = attacker.spec(FLOOD, {});
    const { exit } = await run(attacker.executor, spec);
    expect(exit).toMatchObject({ code: 0, stopped: null });
    attacker.expectHeld("flood", statSync(spec.log).size < 32e6 && process.memoryUsage().rss - before < 300e6);
  });

  test("it writes a file of 100 GB", async () => {
    const spec = attacker.spec(LARGE_FILE, {}, { limits: { outputBytes: 1e9 } });
    const ran = await run(attacker.executor, spec);
    expect(told(ran, "refused")).toHaveLength(2);
    attacker.expectHeld("largeFile", statSync(inWorkspace(spec, "out/large")).size <= 1e9);
  });

  test("it gives its device lease back and goes on", async () => {
    const { lock, path } = await heldLock();
    const spec = attacker.spec(GIVE_LEASE_BACK, {});
    const stop = new AbortController();
    let isHeld = true;
    await run(attacker.executor, spec, {
      inherit: [lock.descriptor],
      signal: stop.signal,
      onMessage: () => {
        void isFree(path).then((free) => {
          isHeld = !free;
          stop.abort();
        });
      },
    });
    attacker.expectHeld("lease", isHeld);
  });
}

/** Held by whoever has the descriptor: free again is proof that all of a command's processes are gone. */
async function heldLock(): Promise<{ lock: FileLock; path: string }> {
  const path = join(scratchFolder("lock"), "alive");
  const lock = await lockFile({ path, mode: "exclusive" });
  if (!lock.ok) throw new Error(lock.error.message);
  onTestFinished(() => lock.value.release());
  return { lock: lock.value, path };
}

async function isFree(path: string): Promise<boolean> {
  const lock = await tryLockFile({ path, mode: "exclusive" });
  if (!lock.ok || lock.value === null) return false;
  lock.value.release();
  return true;
}

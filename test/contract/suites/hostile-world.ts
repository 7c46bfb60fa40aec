import { expect, onTestFinished, test } from "vitest";
import { type Attacker, told } from "../../rig/hostile/attack.ts";
import {
  CONNECT,
  GAIN_POWERS,
  HARM_PROCESS,
  KILL_SUPERVISOR,
  LEAVE_SHARED_MEMORY,
  LIST_DESCRIPTORS,
  LIST_PROCESSES,
  OPEN_PATHS,
} from "../../rig/hostile/programs.ts";
import { hadSharedMemory, readableDisks, startServers, startVictim } from "../../rig/hostile/world.ts";

/** Attacks on what else a machine has: network, sockets, processes, the kernel, devices, powers. */
export function hostileWorld(attacker: Attacker): void {
  test("it opens connections: TCP, UDP, an abstract socket, a socket file", async () => {
    const { hosts, tcp, udp, abstract, file, met } = await startServers();
    const args = { tcp: hosts.map((host) => [host, tcp]), udp: hosts.map((host) => [host, udp]), unix: [abstract, file] };
    await attacker.attack(CONNECT, args);
    // One more of ours after it: what was sent before has arrived when this has.
    attacker.expectHeld("network", met.tcp === 0 && met.udp === 0);
    attacker.expectHeld("abstractSocket", met.abstract === 0);
    attacker.expectHeld("socketFile", met.file === 0);
  });

  test("it kills and traces a process of the machine", async () => {
    const victim = startVictim();
    const ran = await attacker.attack(HARM_PROCESS, { pid: victim.pid });
    const isHurt = told(ran, "did").some((what) => what === "kill" || what === "memory");
    await expect.poll(() => victim.isAlive(), { timeout: 20_000 }).toBe(!isHurt);
    attacker.expectHeld("signals", !isHurt);
  });

  test.runIf(attacker.defence("signals") === "held")("it kills what started it, and so but itself", async () => {
    const ran = await attacker.attack(KILL_SUPERVISOR, {});
    expect(told(ran, "parent")).toHaveLength(1);
    expect(ran.exit.stopped).toBeNull();
  });

  test("it looks at the machine's processes", async () => {
    const victim = startVictim();
    const ran = await attacker.attack(LIST_PROCESSES, {});
    attacker.expectHeld("processes", !told(ran, "value").some((line) => String(line).includes(victim.mark)));
  });

  test("it leaves shared memory behind", async () => {
    const key = 0x66000000 + (process.pid % 65536);
    onTestFinished(() => void hadSharedMemory(key));
    await attacker.attack(LEAVE_SHARED_MEMORY, { key });
    attacker.expectHeld("ipc", !hadSharedMemory(key));
  });

  test("it reads the kernel's memory", async () => {
    const ran = await attacker.attack(OPEN_PATHS, { how: "read", paths: ["/proc/kcore", "/dev/mem", "/dev/kmem", "/dev/port"] });
    attacker.expectHeld("kernelMemory", told(ran, "value").length === 0);
  });

  test("it changes settings of the kernel", async () => {
    const paths = ["/proc/sys/kernel/core_pattern", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger", "/sys/kernel/mm/ksm/run"];
    const ran = await attacker.attack(OPEN_PATHS, { how: "write", paths });
    attacker.expectHeld("kernelSettings", told(ran, "value").length === 0);
  });

  const disks = readableDisks();
  if (disks.length === 0)
    process.stderr.write("\nNOT RUN: no block device here can be read, not even by this process: nothing for a hostile program to read.\n");
  test.runIf(disks.length > 0)("it reads a disk as a raw device", async () => {
    const ran = await attacker.attack(OPEN_PATHS, { how: "read", paths: disks });
    attacker.expectHeld("disks", told(ran, "value").length === 0);
  });

  test("it wants more powers", async () => {
    const ran = await attacker.attack(GAIN_POWERS, {});
    expect(told(ran, "status")).toEqual(["CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "NoNewPrivs:\t1"]);
    attacker.expectHeld("powers", told(ran, "did").length === 0);
  });

  test("it looks for descriptors that were left open", async () => {
    const ran = await attacker.attack(LIST_DESCRIPTORS, {});
    const [found = {}] = told(ran, "descriptors") as Record<string, string>[];
    const beyond = Object.entries(found).filter(([number, target]) => Number(number) > 2 && !/^\/proc\/|^\/dev\/null$/.test(target));
    expect(Object.keys(found)).toEqual(expect.arrayContaining(["0", "1", "2"]));
    attacker.expectHeld("descriptors", beyond.length === 0);
  });
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HostDevices } from "../../src/devices/host-devices.ts";
import { leaseFolder } from "../../src/devices/lease-folder.ts";
import { probeHost } from "../../src/devices/probe-host.ts";
import { startChild } from "../rig/child.ts";
import { NEVER } from "../rig/commands.ts";
import { scratchFolder } from "../rig/scratch.ts";
import { deviceContract } from "./suites/devices.ts";

deviceContract(() => {
  const folder = join(scratchFolder("leases"), "shared");
  return () => new HostDevices(folder);
});

test("a lease lives as long as the tool it was handed to, though Fettle was killed", async () => {
  const folder = scratchFolder("leases");
  const child = startChild("device-child.ts", [folder]);
  expect(await child.line()).toBe("leased");
  const tool = Number(await child.line());
  onTestFinished(() => killQuietly(tool));
  child.kill("SIGKILL");
  await child.ended;
  const devices = new HostDevices(folder);
  const waiting = await new Promise<{ lease: Promise<{ ok: boolean }> }>((resolve) => {
    const lease = devices.acquire("cpu", "shared", { signal: NEVER, onWait: () => resolve({ lease }) });
  });
  expect(devices.owner("cpu")).toMatchObject({ pid: child.pid });
  process.kill(tool, "SIGKILL");
  expect(await waiting.lease).toMatchObject({ ok: true });
});

test("a lease ends with the process that holds it", async () => {
  const folder = scratchFolder("leases");
  const child = startChild("device-child.ts", [folder]);
  expect(await child.line()).toBe("leased");
  const tool = Number(await child.line());
  process.kill(tool, "SIGKILL");
  child.kill("SIGKILL");
  await child.ended;
  expect(await new HostDevices(folder).acquire("cpu", "exclusive", { signal: AbortSignal.timeout(20_000) })).toMatchObject({ ok: true });
});

test("users of one host meet in one folder that everybody may write", async () => {
  const parent = scratchFolder("leases");
  chmodSync(parent, 0o755);
  const folder = join(parent, "all");
  const lease = await new HostDevices(folder).acquire("cpu", "exclusive", { signal: NEVER });
  expect(readdirSync(parent)).toEqual(["all"]);
  expect(statSync(folder).mode & 0o7777).toBe(0o1777);
  expect(statSync(join(folder, "cpu.lock")).mode & 0o777).toBe(0o666);
  if (lease.ok) lease.value.release();
  // As another user, who may read the files and not make any.
  const stranger = spawn("setpriv", [
    "--reuid",
    "65534",
    "--clear-groups",
    "flock",
    "--nonblock",
    "--shared",
    join(folder, "cpu.lock"),
    "true",
  ]);
  if (process.getuid?.() === 0) expect((await once(stranger, "exit"))[0]).toBe(0);
  expect(leaseFolder({ FETTLE_LEASES: "/x" })).toBe("/x");
  expect(leaseFolder({ TMPDIR: "/mine", XDG_RUNTIME_DIR: "/mine" })).toBe(leaseFolder({}));
});

test("a lease folder that was left closed to others is opened by its owner; one that holds other things is not", async () => {
  const folder = scratchFolder("leases");
  chmodSync(folder, 0o755);
  const take = async () => {
    const lease = await new HostDevices(folder).acquire("cpu", "shared", { signal: NEVER });
    if (lease.ok) lease.value.release();
    return lease.ok;
  };
  expect(await take()).toBe(true);
  expect(statSync(folder).mode & 0o7777).toBe(0o1777);
  chmodSync(folder, 0o700);
  writeFileSync(join(folder, "diary.txt"), "");
  expect(await take()).toBe(true);
  expect(statSync(folder).mode & 0o7777).toBe(0o700);
});

test.each([
  ["a file", (path: string) => writeFileSync(path, "")],
  ["a link", (path: string) => symlinkSync("/tmp", path)],
])("a lease folder that is %s is refused in words", async (_, make) => {
  const path = join(scratchFolder("leases"), "bad");
  make(path);
  const lease = await new HostDevices(path).acquire("cpu", "shared", { signal: NEVER });
  expect(lease).toMatchObject({ ok: false, error: { reason: "read-only", message: expect.stringContaining(path) } });
});

test("this host is described", async () => {
  const host = await probeHost();
  expect(host.cores).toBeGreaterThan(0);
  expect(host.memoryBytes).toBeGreaterThan(1e8);
  expect(host.cpuFeatures).toEqual([...host.cpuFeatures].sort());
  expect(host.cpuLevel).toMatch(/^(x86-64(-v[234])?|aarch64)$/);
});

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findGroupBases, makeControlGroup } from "../../../src/executors/sandbox/control-group.ts";
import { scratchFolder } from "../../rig/scratch.ts";

/** A folder that looks like /sys/fs/cgroup of version 2, with the group of a session in it. */
function hierarchy(settings: Readonly<Record<string, string>>): string {
  const root = scratchFolder("cgroup");
  writeFileSync(join(root, "cgroup.controllers"), "cpu memory pids");
  mkdirSync(join(root, "user.slice/app.slice/shell.scope"), { recursive: true });
  for (const [name, value] of Object.entries(settings)) writeFileSync(join(root, "user.slice/app.slice/shell.scope", name), `${value}\n`);
  return root;
}

const OWN = "0::/user.slice/app.slice/shell.scope\n";
const LIMITS = { timeoutMs: 1, memoryBytes: 1, processes: 1, outputBytes: 1 };

test("version 2: groups go beside our own", () => {
  const root = hierarchy({ "memory.max": "max", "cpu.max": "max 100000", "cpuset.cpus": "", "pids.max": "4915" });
  expect(findGroupBases(root, OWN)).toEqual([join(root, "user.slice/app.slice")]);
});

test.each([{ "memory.max": "8589934592" }, { "cpu.max": "50000 100000" }, { "cpuset.cpus": "0-3" }])(
  "version 2: a limit that is ours is not got out of: %o",
  (limit) => {
    expect(findGroupBases(hierarchy(limit), OWN)).toEqual([]);
  },
);

test("version 1: groups go below our own, in each hierarchy", () => {
  const root = scratchFolder("cgroup");
  const own = "9:name=systemd:/x\n8:pids:/job/7\n5:cpu,cpuacct:/\n4:memory,other:/job/8\n0::/\n";
  expect(findGroupBases(root, own)).toEqual([join(root, "pids/job/7"), join(root, "memory/job/8"), join(root, "cpu")]);
});

test("what a dead process left is swept, what a living one has is not", () => {
  const root = hierarchy({});
  const slice = join(root, "user.slice/app.slice");
  for (const name of ["fettle-999999999-1", `fettle-${process.pid}-77`, "another"]) mkdirSync(join(slice, name));
  findGroupBases(root, OWN);
  expect(readdirSync(slice).sort()).toEqual(["another", `fettle-${process.pid}-77`, "shell.scope"]);
});

test("where no limit can be set there is no group, and nothing is left", () => {
  const root = hierarchy({});
  expect(makeControlGroup(findGroupBases(root, OWN), LIMITS)).toBeNull();
  expect(makeControlGroup([join(root, "not-there")], LIMITS)).toBeNull();
  expect(readdirSync(join(root, "user.slice/app.slice"))).toEqual(["shell.scope"]);
});

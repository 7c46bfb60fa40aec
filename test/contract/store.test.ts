import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ArtifactStore } from "../../src/domain/store.ts";
import { actionPath, storeLayout } from "../../src/store/layout.ts";
import { openStore } from "../../src/store/open-store.ts";
import { startChild } from "../rig/child.ts";
import { scratchFolder } from "../rig/scratch.ts";
import { mountSmallDisk, remountReadOnly } from "../rig/small-disk.ts";
import { keyOf, recordFor } from "../rig/store-records.ts";
import { storeContract } from "./suites/store.ts";

storeContract({
  open: (root, onDamage) => openStore({ root, onDamage }),
  recordPath: (root, key) => actionPath(storeLayout(root), key),
});

async function opened(root: string): Promise<ArtifactStore> {
  const store = await openStore({ root, onDamage: (problem) => expect.unreachable(`damage: ${JSON.stringify(problem)}`) });
  if (!store.ok) throw new Error(store.error.message);
  onTestFinished(() => store.value.close());
  return store.value;
}

test("environments are counted and pruned by their last use; the download cache goes with the first", async () => {
  const root = scratchFolder("store");
  const store = await opened(root);
  const layout = storeLayout(root);
  for (const [index, name] of ["old", "new"].entries()) {
    const folder = join(layout.environments, name);
    mkdirSync(join(folder, "lib"), { recursive: true });
    writeFileSync(join(folder, "lib/package.py"), "x".repeat(100_000));
    writeFileSync(join(folder, "complete.json"), "{}");
    utimesSync(join(folder, "complete.json"), 1000 + index * 1000, 1000 + index * 1000);
    chmodSync(join(folder, "lib"), 0o555);
  }
  mkdirSync(layout.cache);
  linkSync(join(layout.environments, "new/lib/package.py"), join(layout.cache, "package.py"));
  expect(await store.statistics()).toMatchObject({ environments: 2 });
  expect(await store.prune({ olderThan: 1_500_000, maxBytes: null, dryRun: false })).toMatchObject({
    ok: true,
    value: { removedEnvironments: 1 },
  });
  expect(readdirSync(layout.environments)).toEqual(["new"]);
  expect(existsSync(layout.cache)).toBe(false);
  expect(readFileSync(join(layout.environments, "new/lib/package.py"), "utf8")).toHaveLength(100_000);
});

describe("several processes", () => {
  test("a step is executed once however many want it", async () => {
    const root = scratchFolder("store");
    const counter = join(scratchFolder("counter"), "count");
    const children = [1, 2, 3, 4].map(() => startChild("store-child.ts", [root]));
    for (const child of children) expect(await child.line()).toBe("open");
    for (const child of children) child.say(`once ${keyOf("once")} ${counter}`);
    const said = await Promise.all(children.map((child) => child.line()));
    expect(said.sort()).toEqual(["executed", "found", "found", "found"]);
    expect(readFileSync(counter, "utf8")).toBe("executed\n");
  });

  test("a key's lock ends with the process that held it, and waiting is told", async () => {
    const root = scratchFolder("store");
    const holder = startChild("store-child.ts", [root]);
    await holder.line();
    holder.say(`lock ${keyOf("k")}`);
    expect(await holder.line()).toBe("locked");
    const waiter = startChild("store-child.ts", [root]);
    await waiter.line();
    waiter.say(`lock ${keyOf("k")}`);
    expect(await waiter.line()).toBe("waiting");
    holder.kill("SIGKILL");
    expect(await waiter.line()).toBe("locked");
  });

  test("who waits for a key can give up", async () => {
    const root = scratchFolder("store");
    const store = await opened(root);
    const other = await opened(root);
    const held = await store.lock(keyOf("k"), { signal: new AbortController().signal });
    const stop = new AbortController();
    const gaveUp = await other.lock(keyOf("k"), { signal: stop.signal, onWait: () => stop.abort() });
    expect(gaveUp).toMatchObject({ ok: false, error: { reason: "interrupted" } });
    if (held.ok) await held.value.release();
    expect(await other.lock(keyOf("k"), { signal: new AbortController().signal })).toMatchObject({ ok: true });
  });

  test("what a killed process left is swept, what a living one has is not", async () => {
    const root = scratchFolder("store");
    const [dead, alive] = [startChild("store-child.ts", [root]), startChild("store-child.ts", [root])];
    for (const child of [dead, alive]) {
      expect(await child.line()).toBe("open");
      child.say("workspace");
    }
    await dead.line();
    const kept = (await alive.line())?.split(" ")[1] ?? "";
    dead.kill("SIGKILL");
    await dead.ended;
    const store = await opened(root);
    await store.close();
    const runs = readdirSync(storeLayout(root).work).filter((name) => !name.endsWith(".lock"));
    expect(runs).toHaveLength(1);
    expect(statSync(kept).isDirectory()).toBe(true);
  });

  test("killed at any moment of a commit, the store is whole and the step is there or not", async () => {
    const root = scratchFolder("store");
    const found: boolean[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const key = keyOf(`kill ${attempt}`);
      const child = startChild("store-child.ts", [root]);
      await child.line();
      child.say(`commit ${key} 40`);
      expect(await child.line()).toBe("committing");
      // Spread over the time a commit takes here, so that each attempt hits another place in it.
      setTimeout(() => child.kill("SIGKILL"), attempt * 8);
      await child.ended;
      const store = await opened(root);
      expect(await store.verify()).toEqual([]);
      const record = await store.lookup(key);
      expect(record === null || record.tree.files.length === 40).toBe(true);
      found.push(record !== null);
      await store.close();
      expect(readdirSync(storeLayout(root).work)).toEqual([]);
    }
    expect(found).toContain(false);
  });
});

describe("a bad disk", () => {
  test("a store that cannot be written serves its hits and says what is wrong with the rest", async (context) => {
    const root = await mountSmallDisk(context, 8);
    const store = await opened(root);
    const workspace = await store.workspace("a");
    if (!workspace.ok) throw new Error(workspace.error.message);
    writeFileSync(join(workspace.value.path, "out", "file"), "kept");
    await store.commit(workspace.value, recordFor(keyOf("a")));
    await store.close();
    remountReadOnly(root);
    const readOnly = await opened(root);
    const record = await readOnly.lookup(keyOf("a"));
    expect(record).toMatchObject({ key: keyOf("a") });
    if (record !== null) expect(readFileSync(join(readOnly.treePath(record.tree), "file"), "utf8")).toBe("kept");
    expect(await readOnly.workspace("b")).toMatchObject({
      ok: false,
      error: { reason: "read-only", message: expect.stringContaining(root) },
    });
    await readOnly.remember("r", "s", { definition: {}, contentKey: keyOf("a"), seconds: 1 });
    expect(await readOnly.prune({ olderThan: null, maxBytes: 0, dryRun: false })).toMatchObject({
      ok: false,
      error: { reason: "read-only" },
    });
  });

  test("a full disk is told with its place and room, and leaves a store that works once there is room", async (context) => {
    const root = await mountSmallDisk(context, 4);
    const store = await opened(root);
    const workspace = await store.workspace("big");
    if (!workspace.ok) throw new Error(workspace.error.message);
    writeFileSync(join(workspace.value.path, "out", "file"), "small");
    fillDisk(join(root, "ballast"));
    const done = await store.commit(workspace.value, recordFor(keyOf("big")));
    expect(done).toMatchObject({ ok: false, error: { reason: "disk-full", message: expect.stringMatching(`${root}.*bytes free`) } });
    expect(await store.lookup(keyOf("big"))).toBeNull();
    rmSync(join(root, "ballast"));
    const retry = await store.workspace("big");
    if (!retry.ok) throw new Error(retry.error.message);
    writeFileSync(join(retry.value.path, "out", "file"), "small");
    expect(await store.commit(retry.value, recordFor(keyOf("big")))).toMatchObject({ ok: true });
    expect(await store.lookup(keyOf("big"))).not.toBeNull();
  });

  test("a root that is a file is refused in words", async () => {
    const path = join(scratchFolder("store"), "file");
    writeFileSync(path, "");
    expect(await openStore({ root: path, onDamage: () => {} })).toMatchObject({ ok: false, error: { reason: "read-only" } });
  });
});

function fillDisk(path: string): void {
  spawnSync("dd", ["if=/dev/zero", `of=${path}`, "bs=4096"], { stdio: "ignore" });
  execFileSync("sync");
}

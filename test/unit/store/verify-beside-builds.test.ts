import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type Digest, digestHex } from "../../../src/domain/digest.ts";
import type { ActionRecord, ArtifactStore } from "../../../src/domain/store.ts";
import { actionPath, type StoreLayout, storeLayout, treeFolder } from "../../../src/store/layout.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { verifyStore } from "../../../src/store/verify-store.ts";
import { NEVER } from "../../rig/commands.ts";
import { scratchFolder } from "../../rig/scratch.ts";
import { keyOf, recordFor } from "../../rig/store-records.ts";

let layout: StoreLayout;
/** The store as a build has it open while it is verified. */
let build: ArtifactStore;

beforeEach(async () => {
  const root = scratchFolder("store");
  layout = storeLayout(root);
  const opened = await openStore({ root, onDamage: () => {} });
  if (!opened.ok) throw new Error(opened.error.message);
  build = opened.value;
  onTestFinished(() => build.close());
});

async function commit(name: string, text = name): Promise<ActionRecord> {
  const workspace = await build.workspace(name);
  if (!workspace.ok) throw new Error(workspace.error.message);
  writeFileSync(join(workspace.value.path, "out/file"), text);
  const record = await build.commit(workspace.value, recordFor(keyOf(name)));
  if (!record.ok) throw new Error(record.error.message);
  return record.value;
}

function rot({ tree }: ActionRecord): string {
  const file = join(build.treePath(tree), "file");
  chmodSync(file, 0o644);
  writeFileSync(file, "rotten");
  return file;
}

/** Verifies, and lets a build work at the moment at which the trees are listed and the rotten one has been found. */
function verifyAnd(meanwhile: () => Promise<unknown>) {
  const aside = async (tree: Digest) => {
    await meanwhile();
    return join(layout.work, digestHex(tree));
  };
  return verifyStore(layout, aside);
}

test("what a build commits while the store is verified stays", async () => {
  rot(await commit("old"));
  const problems = await verifyAnd(() => commit("new"));
  expect(problems).toHaveLength(1);
  expect(await build.lookup(keyOf("new"))).not.toBeNull();
  expect(await build.lookup(keyOf("old"))).toBeNull();
});

test("a damaged tree that a build has made again meanwhile stays, with its record, and is no problem any more", async () => {
  const file = rot(await commit("step"));
  const problems = await verifyAnd(async () => {
    expect(await build.lookup(keyOf("step"))).toBeNull();
    await commit("step");
  });
  expect(problems).toEqual([]);
  expect(existsSync(file)).toBe(true);
  expect(await build.lookup(keyOf("step"))).not.toBeNull();
});

test("a damaged tree that a build has taken away meanwhile is no problem", async () => {
  rot(await commit("step"));
  expect(await verifyAnd(() => build.lookup(keyOf("step")))).toEqual([]);
});

test("damage that is still there goes, with the record that stands on it, and leaves nothing", async () => {
  const record = await commit("step");
  const file = rot(record);
  expect(await verifyAnd(async () => {})).toEqual([{ path: file, problem: "has other contents than were stored" }]);
  expect([existsSync(treeFolder(layout, record.tree.digest)), existsSync(actionPath(layout, record.key))]).toEqual([false, false]);
  expect(readdirSync(layout.locks).filter((name) => name !== "in-use")).toEqual([]);
});

test("a broken record is told, and left to the build that is making it", async () => {
  const path = actionPath(layout, (await commit("step")).key);
  writeFileSync(path, "{}");
  const lock = await build.lock(keyOf("step"), { signal: NEVER });
  expect(await verifyAnd(async () => {})).toEqual([{ path, problem: "is not a record" }]);
  expect(existsSync(path)).toBe(true);
  if (lock.ok) await lock.value.release();
  await verifyAnd(async () => {});
  expect(existsSync(path)).toBe(false);
});

test("a record whose files are gone is told and goes", async () => {
  const record = await commit("step");
  const folder = treeFolder(layout, record.tree.digest);
  chmodSync(join(folder, "files"), 0o755);
  rmSync(folder, { recursive: true });
  const path = actionPath(layout, record.key);
  expect(await verifyAnd(async () => {})).toEqual([{ path, problem: "names files that are not there" }]);
  expect(existsSync(path)).toBe(false);
});

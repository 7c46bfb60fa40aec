import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { type Digest, digestFromHex } from "../domain/digest.ts";
import type { StoreProblem } from "../domain/store.ts";
import { errorCode } from "../system/error-code.ts";
import { releaseAndRemove, tryLockFile } from "../system/file-lock.ts";
import { readRecord } from "./action-records.ts";
import { hashTree, type TreeCheck } from "./check-tree.ts";
import { discardTreeIf } from "./commit-tree.ts";
import { actionPath, keyLockPath, type StoreLayout, treeFolder } from "./layout.ts";

/** A place on the store's file system for a damaged tree to be removed at; null where nothing can be written. */
type AsideFor = (tree: Digest) => Promise<string | null>;

/**
 * Hashes every tree and checks every record; what is damaged is removed, so that the next build makes it again. Builds may run meanwhile:
 * nothing is removed on the strength of an earlier look.
 */
export async function verifyStore(layout: StoreLayout, asideFor: AsideFor): Promise<StoreProblem[]> {
  const problems: StoreProblem[] = [];
  const whole = new Set<Digest>();
  const damaged = new Set<Digest>();
  for (const tree of await digestsIn(layout.trees, "")) {
    const problem = await verifyTree(layout, tree, asideFor);
    (problem === null ? whole : damaged).add(tree);
    if (problem !== null) problems.push(problem);
  }
  for (const key of await digestsIn(layout.actions, ".json")) problems.push(...(await verifyRecord(layout, key, { whole, damaged })));
  return problems;
}

/** Null for a tree that is whole, was made whole meanwhile, or was taken away as damaged by a build that met it. */
async function verifyTree(layout: StoreLayout, tree: Digest, asideFor: AsideFor): Promise<StoreProblem | null> {
  let problem = await problemOf(layout, tree);
  if (problem === null) return null;
  const aside = await asideFor(tree);
  if (aside === null) return problem;
  await discardTreeIf(layout, tree, aside, async () => {
    problem = await problemOf(layout, tree);
    return problem !== null;
  });
  return problem;
}

async function problemOf(layout: StoreLayout, tree: Digest): Promise<StoreProblem | null> {
  const check = await look(layout, tree);
  const folder = treeFolder(layout, tree);
  if (check.state === "whole" || !existsSync(folder)) return null;
  return check.state === "missing" ? { path: folder, problem: "has no files folder" } : { path: check.path, problem: check.problem };
}

/** A tree may be taken away while it is read. */
async function look(layout: StoreLayout, tree: Digest): Promise<TreeCheck> {
  try {
    return await hashTree(layout, tree);
  } catch (error) {
    return { state: "damaged", path: treeFolder(layout, tree), problem: `cannot be read (${errorCode(error) ?? String(error)})` };
  }
}

interface Trees {
  readonly whole: ReadonlySet<Digest>;
  readonly damaged: ReadonlySet<Digest>;
}

// A record goes if it is broken or its tree is: one without its files would only be found damaged again.
async function verifyRecord(layout: StoreLayout, key: Digest, trees: Trees): Promise<StoreProblem[]> {
  const problem = await recordProblem(layout, key, trees);
  if (problem === null) return [];
  const isLost = await removeRecordIf(layout, key, async () => (await recordProblem(layout, key, NOTHING_SEEN)) !== null);
  return isLost && problem !== DAMAGE_IS_TOLD ? [{ path: actionPath(layout, key), problem }] : [];
}

const NOTHING_SEEN: Trees = { whole: new Set(), damaged: new Set() };
const DAMAGE_IS_TOLD = "stands on damaged files";

async function recordProblem(layout: StoreLayout, key: Digest, { whole, damaged }: Trees): Promise<string | null> {
  const read = await readRecord(layout, key);
  if (read.state === "absent") return null;
  if (read.state === "damaged") return read.problem;
  const tree = read.record.tree.digest;
  // Not among those that were listed: it may have come since, and so may one in a damaged one's place.
  if (whole.has(tree) || (await look(layout, tree)).state === "whole") return null;
  return damaged.has(tree) ? DAMAGE_IS_TOLD : "names files that are not there";
}

/** Removes a record if it is still broken while no build makes it; one that is being made is replaced by that build. */
async function removeRecordIf(layout: StoreLayout, key: Digest, isBroken: () => Promise<boolean>): Promise<boolean> {
  const path = keyLockPath(layout, key);
  const lock = await tryLockFile({ path, mode: "exclusive" });
  if (!lock.ok || lock.value === null) return await isBroken();
  try {
    if (!(await isBroken())) return false;
    await rm(actionPath(layout, key), { force: true }).catch(() => {});
    return true;
  } finally {
    releaseAndRemove(lock.value, path);
  }
}

async function digestsIn(folder: string, suffix: string): Promise<Digest[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, name.length - suffix.length))
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .map(digestFromHex);
}

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { digestFromHex, digestHex } from "../domain/digest.ts";
import type { StoreProblem } from "../domain/store.ts";
import { removeFolder } from "../system/remove-folder.ts";
import { readRecord } from "./action-records.ts";
import { hashTree } from "./check-tree.ts";
import { actionPath, type StoreLayout, treeFolder } from "./layout.ts";

/** Hashes every tree and checks every record; what is damaged is removed, so that the next build makes it again. */
export async function verifyStore(layout: StoreLayout): Promise<StoreProblem[]> {
  const problems: StoreProblem[] = [];
  const damaged = new Set<string>();
  const whole = new Set<string>();
  for (const hex of await hexNames(layout.trees, "")) {
    const check = await hashTree(layout, digestFromHex(hex));
    (check.state === "whole" ? whole : damaged).add(hex);
    if (check.state === "whole") continue;
    problems.push(check.state === "missing" ? { path: join(layout.trees, hex), problem: "has no files folder" } : check);
  }
  for (const hex of await hexNames(layout.actions, ".json")) problems.push(...(await verifyRecord(layout, hex, { whole, damaged })));
  for (const hex of damaged) await removeFolder(treeFolder(layout, digestFromHex(hex))).catch(() => {});
  return problems.map(({ path, problem }) => ({ path, problem }));
}

interface Trees {
  readonly whole: ReadonlySet<string>;
  readonly damaged: ReadonlySet<string>;
}

// A record goes if it is broken or its tree is: one without its files would only be found damaged again.
async function verifyRecord(layout: StoreLayout, hex: string, trees: Trees): Promise<StoreProblem[]> {
  const key = digestFromHex(hex);
  const path = actionPath(layout, key);
  const read = await readRecord(layout, key);
  if (read.state === "absent") return [];
  if (read.state === "damaged") {
    await rm(path, { force: true }).catch(() => {});
    return [{ path, problem: read.problem }];
  }
  const tree = digestHex(read.record.tree.digest);
  if (trees.whole.has(tree)) return [];
  await rm(path, { force: true }).catch(() => {});
  return trees.damaged.has(tree) ? [] : [{ path, problem: "names files that are not there" }];
}

async function hexNames(folder: string, suffix: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, name.length - suffix.length))
    .filter((name) => /^[0-9a-f]{64}$/.test(name));
}

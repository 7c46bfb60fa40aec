import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { digestFromHex, digestHex } from "../domain/digest.ts";
import { readRecord } from "./action-records.ts";
import { DiskUse } from "./disk-use.ts";
import type { StoreLayout } from "./layout.ts";

/** One thing that can be removed by itself. */
export interface Item {
  readonly kind: "action" | "environment" | "log";
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly lastUsed: number;
  /** On disk, without the tree. */
  readonly bytes: number;
  /** Folder name of the tree that an action's record names. */
  readonly tree: string | null;
}

export interface Inventory {
  readonly items: readonly Item[];
  /** Folder name of every tree, with or without a record, and its bytes on disk. */
  readonly treeBytes: ReadonlyMap<string, number>;
  readonly cacheBytes: number;
  /** Everything above together; files with several names count once. */
  readonly bytes: number;
}

/** Lists what the store holds, with sizes and times of last use. */
export async function takeInventory(layout: StoreLayout): Promise<Inventory> {
  const use = new DiskUse();
  const actions = await listActions(layout, use);
  const environments = await listFolder(layout.environments, async (path) => {
    const marker = await modified(join(path, "complete.json"));
    return { kind: "environment" as const, path, lastUsed: marker ?? 0, bytes: await use.of(path), tree: null };
  });
  const logs = await listFolder(layout.logs, async (path) => {
    return { kind: "log" as const, path, lastUsed: (await modified(path)) ?? 0, bytes: await use.of(path), tree: null };
  });
  const treeBytes = new Map<string, number>();
  for (const name of await names(layout.trees)) treeBytes.set(name, await use.of(join(layout.trees, name)));
  const cacheBytes = await use.of(layout.cache);
  const items = [...actions, ...environments, ...logs];
  const bytes = [...items.map((item) => item.bytes), ...treeBytes.values()].reduce((sum, size) => sum + size, cacheBytes);
  return { items, treeBytes, cacheBytes, bytes };
}

async function listActions(layout: StoreLayout, use: DiskUse): Promise<Item[]> {
  return await listFolder(layout.actions, async (path, name) => {
    const hex = name.replace(/\.json$/, "");
    const read = /^[0-9a-f]{64}$/.test(hex) ? await readRecord(layout, digestFromHex(hex)) : null;
    const tree = read?.state === "found" ? digestHex(read.record.tree.digest) : null;
    // A record that cannot be read is of no use to anyone: the oldest there is.
    const lastUsed = tree === null ? 0 : ((await modified(path)) ?? 0);
    return { kind: "action" as const, path, lastUsed, bytes: await use.of(path), tree };
  });
}

async function listFolder(folder: string, item: (path: string, name: string) => Promise<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for (const name of await names(folder)) items.push(await item(join(folder, name), name));
  return items;
}

async function names(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

async function modified(path: string): Promise<number | null> {
  return (await lstat(path).catch(() => null))?.mtimeMs ?? null;
}

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PruneOptions, PruneReport } from "../domain/store.ts";
import { removeFolder } from "../system/remove-folder.ts";
import type { StoreLayout } from "./layout.ts";
import { type Inventory, type Item, takeInventory } from "./store-inventory.ts";

/**
 * Removes the least recently used. The caller holds the store alone. A tree goes with the last record that names it; the
 * download cache goes whole with the first environment, since a part of it is of no use to the tool that fills it.
 */
export async function pruneStore(layout: StoreLayout, options: PruneOptions): Promise<PruneReport> {
  const inventory = await takeInventory(layout);
  const choice = choose(inventory, options);
  if (!options.dryRun) {
    // Records first: a record without its tree would be damage, a tree without a record is only room.
    for (const item of choice.items) await (item.kind === "environment" ? removeFolder(item.path) : rm(item.path, { force: true }));
    for (const tree of choice.trees) await removeFolder(join(layout.trees, tree));
    if (choice.cache) await removeFolder(layout.cache);
    await removeIdleLocks(layout);
  }
  return {
    removedActions: choice.items.filter((item) => item.kind === "action").length,
    removedTrees: choice.trees.length,
    removedEnvironments: choice.items.filter((item) => item.kind === "environment").length,
    freedBytes: choice.bytes,
  };
}

// Killed processes leave their lock files; the one who is alone may clear them away.
async function removeIdleLocks(layout: StoreLayout): Promise<void> {
  for (const name of await readdir(layout.locks)) {
    if (name.startsWith("key-") || name.startsWith("tree-")) await rm(join(layout.locks, name), { force: true });
  }
}

interface Choice {
  readonly items: readonly Item[];
  readonly trees: readonly string[];
  readonly cache: boolean;
  readonly bytes: number;
}

function choose(inventory: Inventory, { olderThan, maxBytes }: PruneOptions): Choice {
  const oldestFirst = [...inventory.items].sort((a, b) => a.lastUsed - b.lastUsed);
  const removal = new Removal(inventory);
  for (const item of oldestFirst) {
    const tooOld = olderThan !== null && item.lastUsed < olderThan;
    const tooMuch = maxBytes !== null && inventory.bytes - removal.bytes > maxBytes;
    if (tooOld || tooMuch) removal.add(item);
  }
  return { items: removal.items, trees: removal.trees, cache: removal.cache, bytes: removal.bytes };
}

/** Adds up what goes, and what goes with it. */
class Removal {
  readonly items: Item[] = [];
  readonly trees: string[] = [];
  cache = false;
  bytes = 0;
  readonly #inventory: Inventory;
  readonly #users = new Map<string, number>();

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
    for (const tree of inventory.treeBytes.keys()) this.#users.set(tree, 0);
    for (const { tree } of inventory.items) if (tree !== null) this.#users.set(tree, (this.#users.get(tree) ?? 0) + 1);
    for (const [tree, users] of this.#users) if (users === 0) this.#removeTree(tree);
  }

  add(item: Item): void {
    this.items.push(item);
    this.bytes += item.bytes;
    if (item.tree !== null) this.#leaveTree(item.tree);
    if (item.kind === "environment" && !this.cache) {
      this.cache = true;
      this.bytes += this.#inventory.cacheBytes;
    }
  }

  #leaveTree(tree: string): void {
    const users = (this.#users.get(tree) ?? 0) - 1;
    this.#users.set(tree, users);
    if (users === 0) this.#removeTree(tree);
  }

  #removeTree(tree: string): void {
    const bytes = this.#inventory.treeBytes.get(tree);
    if (bytes === undefined) return;
    this.trees.push(tree);
    this.bytes += bytes;
  }
}

import { readdir } from "node:fs/promises";
import type { StoreStatistics } from "../domain/store.ts";
import { DiskUse } from "./disk-use.ts";
import type { StoreLayout } from "./layout.ts";

/** Counts and sizes, as blocks on disk; files that environments share with the download cache count once in the total. */
export async function storeStatistics(layout: StoreLayout): Promise<StoreStatistics> {
  const bytes = {
    trees: await new DiskUse().of(layout.trees),
    environments: await new DiskUse().of(layout.environments),
    logs: await new DiskUse().of(layout.logs),
    total: await new DiskUse().of(layout.root),
  };
  return {
    root: layout.root,
    actions: await countEntries(layout.actions),
    trees: await countEntries(layout.trees),
    environments: await countEntries(layout.environments),
    bytes,
  };
}

async function countEntries(folder: string): Promise<number> {
  return (await readdir(folder).catch(() => [])).length;
}

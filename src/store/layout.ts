import { homedir } from "node:os";
import { join } from "node:path";
import { type Digest, digestBytes, digestHex } from "../domain/digest.ts";

/**
 * Where things lie under the store's root:
 *
 *     actions/<key>.json        what a step left, with a checksum of its own; its mtime is the time of its last use
 *     trees/<digest>/files/     the files, read-only; the digest is that of their list, so a tree proves itself
 *     trees/<digest>/stat.json  signatures that make the usual check cheap; losing it costs one hashing
 *     memory/<name>.json        what a recipe's step looked like when it last succeeded
 *     work/<run>/               folders of one running process, with work/<run>.lock held as long as it lives; image builds have theirs
 *     locks/                    flock files
 *     logs/                     whole logs of executions
 *     environments/<digest>/    made and owned by the environments; complete.json's mtime is the time of the last use
 *     cache/                    downloads, shared with environments by hard links
 */
export interface StoreLayout {
  readonly root: string;
  readonly actions: string;
  readonly trees: string;
  readonly memory: string;
  readonly work: string;
  readonly locks: string;
  readonly logs: string;
  readonly environments: string;
  readonly cache: string;
}

export function storeLayout(root: string): StoreLayout {
  const at = (name: string) => join(root, name);
  return {
    root,
    actions: at("actions"),
    trees: at("trees"),
    memory: at("memory"),
    work: at("work"),
    locks: at("locks"),
    logs: at("logs"),
    environments: at("environments"),
    cache: at("cache"),
  };
}

/** `$FETTLE_HOME`, else `$XDG_CACHE_HOME/fettle`, else `~/.cache/fettle`. */
export function defaultStoreRoot(env: NodeJS.ProcessEnv): string {
  if (env.FETTLE_HOME) return env.FETTLE_HOME;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, "fettle");
  return join(env.HOME || homedir(), ".cache", "fettle");
}

export function actionPath(layout: StoreLayout, key: Digest): string {
  return join(layout.actions, `${digestHex(key)}.json`);
}

export function treeFolder(layout: StoreLayout, tree: Digest): string {
  return join(layout.trees, digestHex(tree));
}

export function treeFiles(layout: StoreLayout, tree: Digest): string {
  return join(treeFolder(layout, tree), "files");
}

export function keyLockPath(layout: StoreLayout, key: Digest): string {
  return join(layout.locks, `key-${digestHex(key)}`);
}

export function treeLockPath(layout: StoreLayout, tree: Digest): string {
  return join(layout.locks, `tree-${digestHex(tree)}`);
}

/** Held shared by every process that uses the store, exclusively by one that removes from it. */
export function holdLockPath(layout: StoreLayout): string {
  return join(layout.locks, "in-use");
}

export function memoryPath(layout: StoreLayout, recipe: string, step: string): string {
  return join(layout.memory, `${digestHex(digestBytes(`${recipe}\0${step}`))}.json`);
}

/** A label made fit for a file name. */
export function fileNameOf(label: string): string {
  const plain = label.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replaceAll(/^[-.]+|-+$/g, "");
  return plain.slice(0, 80) || "step";
}

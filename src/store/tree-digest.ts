import { type Digest, digestJson } from "../domain/digest.ts";
import type { Tree, TreeFile } from "../domain/store.ts";

/** A tree from its files in any order: sorted by path, named by the digest of the canonical JSON of the list. */
export function treeOf(files: readonly TreeFile[]): Tree {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { digest: treeDigest(sorted), files: sorted };
}

function treeDigest(files: readonly TreeFile[]): Digest {
  return digestJson(files.map(({ path, digest, size, executable }) => ({ path, digest, size, executable })));
}

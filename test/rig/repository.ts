import { fileURLToPath } from "node:url";

/** Absolute path of something in this repository, given relative to its root. */
export function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";

/** What ends the name of a folder that was moved away, until it is removed. */
export const EARLIER = ".old";

/**
 * Puts the folder `from` in the place of another, or where there is none yet. The earlier one is moved away and goes last: a stop in between
 * costs no more than the moment between two renames. Both are on one file system.
 */
export async function replaceFolder(from: string, place: string): Promise<void> {
  const earlier = from + EARLIER;
  if (existsSync(place)) await rename(place, earlier);
  await rename(from, place);
  await rm(earlier, { recursive: true, force: true });
}

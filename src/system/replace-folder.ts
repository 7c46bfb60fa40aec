import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";

/**
 * Puts the folder `from` in the place of another, or where there is none yet. The earlier one is moved away and goes last: a stop in between
 * costs no more than the moment between two renames. Both are on one file system.
 */
export async function replaceFolder(from: string, place: string): Promise<void> {
  const earlier = `${from}.old`;
  if (existsSync(place)) await rename(place, earlier);
  await rename(from, place);
  await rm(earlier, { recursive: true, force: true });
}

import { open, readFile, rename, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../../domain/json.ts";

/** Written last into a folder that takes a while to make: a folder without it is half made. Its mtime is the last use. */
const MARKER = "complete.json";

export async function isComplete(folder: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(join(folder, MARKER), "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** @param about what the folder holds, for people who look into it */
export async function markComplete(folder: string, about: JsonObject): Promise<void> {
  const aside = join(folder, `.${MARKER}`);
  const file = await open(aside, "w");
  try {
    await file.writeFile(`${JSON.stringify(about)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, join(folder, MARKER));
}

/** Notes that the folder is in use now; a store that cannot be written keeps no such time. */
export async function touchCompletion(folder: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, MARKER), now, now).catch(() => {});
}

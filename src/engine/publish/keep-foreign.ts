import { existsSync } from "node:fs";
import { readdir, readFile, rename, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { parseJsonOrNull } from "../../system/parse-json.ts";

/**
 * Moves a folder that is about to be replaced or removed to a free name beside it, if anything lies in it that Fettle did not put there:
 * notes of the user's, or a folder that never was an artifact.
 *
 * @returns what was found and where it is now, in words; null where all was Fettle's own
 */
export async function keepForeign(directory: string): Promise<string | null> {
  const [first, ...others] = await foreignFiles(directory);
  if (first === undefined) return null;
  const kept = freeName(directory);
  await rename(directory, kept);
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `${directory} held what Fettle did not put there (${first}${more}): it is kept, as it was, in ${kept}.`;
}

const manifestSchema = z.object({ files: z.array(z.object({ path: z.string() })) });

/** Files of a folder that the manifest in it does not list, relative; all of them where there is no manifest, and a file in the folder's place. */
async function foreignFiles(directory: string): Promise<string[]> {
  const there = await stat(directory).catch(() => null);
  if (there?.isDirectory() === false) return ["a file of that name"];
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(directory, join(entry.parentPath, entry.name)));
  const text = await readFile(join(directory, "manifest.json"), "utf8").catch(() => "");
  const manifest = manifestSchema.safeParse(parseJsonOrNull(text));
  const own = new Set(manifest.success ? ["manifest.json", ...manifest.data.files.map(({ path }) => path)] : []);
  // Python leaves these where a user's program imports from the folder.
  return files.filter((file) => !own.has(file) && !file.split("/").includes("__pycache__")).sort();
}

function freeName(directory: string): string {
  for (let number = 1; ; number++) {
    const name = `${directory}.kept${number === 1 ? "" : `-${number}`}`;
    if (!existsSync(name)) return name;
  }
}

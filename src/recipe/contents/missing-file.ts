import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Fault, YamlPath } from "../fault.ts";
import { suggest } from "../suggest.ts";

/** The fault of a file that a recipe names and that cannot be read, with the nearest name in its folder. */
export async function missingFile(
  path: YamlPath,
  file: { readonly written: string; readonly path: string; readonly code: string },
): Promise<Fault> {
  const isGone = file.code === "ENOENT" || file.code === "ENOTDIR";
  const message = isGone ? `there is no file ${file.written}` : `${file.written} ${unreadable(file.code)}`;
  const near = isGone ? suggest(basename(file.path), await readdir(dirname(file.path)).catch(() => [])) : null;
  const hint =
    near === null
      ? `paths are relative to the recipe's folder; this one leads to ${file.path}`
      : `did you mean \`${join(dirname(file.written), near)}\`?`;
  return { code: "file-not-found", path, message, ...(isGone && { hint }) };
}

function unreadable(code: string): string {
  if (code === "EISDIR") return "is a folder, not a file";
  return code === "EACCES" ? "may not be read" : `cannot be read (${code})`;
}

import { access, readdir, readFile, realpath } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";

/** The text of a file without its last line end; null where it cannot be read. */
export async function textOf(path: string): Promise<string | null> {
  return await readFile(path, "utf8").then(
    (text) => text.trim(),
    () => null,
  );
}

/** Names in a folder that match, in order of the numbers in them; none where there is no folder. */
export async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pattern.test(name)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** The name of what a link leads to, at its end; null without one. */
export async function linkedName(path: string): Promise<string | null> {
  return await realpath(path).then(basename, () => null);
}

/** Absolute path of a program on a PATH; null where it is not there. */
export async function findProgram(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env.PATH ?? "").split(delimiter).filter((each) => each.startsWith("/"))) {
    const path = join(folder, name);
    if (await pathExists(path)) return path;
  }
  return null;
}

/** Whether a path leads to something, at the end of its links. */
export async function pathExists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

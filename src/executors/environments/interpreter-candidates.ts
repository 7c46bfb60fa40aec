import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { type PythonRange, programNames } from "./requires-python.ts";

/**
 * Real paths of Python programs on this machine that may fit, best first: by name, then by PATH order, then pyenv's versions. A pyenv
 * shim is a script that fails unless its version is selected, so the versions it stands for are looked at instead.
 */
export function interpreterCandidates(range: PythonRange, env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  const places = [...folders, ...pyenvFolders(folders, env)];
  const found = programNames(range).flatMap((name) => places.map((folder) => realProgram(join(folder, name))));
  return [...new Set(found.filter((path) => path !== null))];
}

function pyenvFolders(folders: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const shims = folders.filter((folder) => basename(folder) === "shims").map((folder) => dirname(folder));
  const roots = [...(env.PYENV_ROOT ? [env.PYENV_ROOT] : []), ...shims, join(env.HOME ?? homedir(), ".pyenv")];
  return [...new Set(roots)].flatMap((root) => {
    const versions = join(root, "versions");
    return newestFirst(list(versions)).map((version) => join(versions, version, "bin"));
  });
}

function realProgram(path: string): string | null {
  try {
    const real = realpathSync(path);
    const stat = statSync(real);
    return stat.isFile() && (stat.mode & 0o111) !== 0 && !isScript(real) ? real : null;
  } catch {
    return null;
  }
}

function isScript(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(2);
    readSync(file, start, 0, 2, 0);
    return start.toString("latin1") === "#!";
  } finally {
    closeSync(file);
  }
}

function newestFirst(versions: readonly string[]): string[] {
  return [...versions].sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

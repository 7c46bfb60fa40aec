import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/**
 * The host folders that an environment's Python needs: the environment, and its base interpreter's installation where that is not
 * the system's. An installation in the user's HOME itself is shown by its program and library folders only.
 */
export async function interpreterFolders(environmentRoot: string): Promise<string[]> {
  const python = await realpath(join(environmentRoot, "bin", "python")).catch(() => null);
  if (python === null) return [environmentRoot];
  const prefix = dirname(dirname(python));
  if (isWithin(prefix, "/usr") || isWithin(prefix, "/nix/store") || isWithin(prefix, environmentRoot)) return [environmentRoot];
  if (!isWithin(homedir(), prefix)) return [prefix, environmentRoot];
  const parts = await Promise.all(["bin", "lib", "lib64", "include"].map((name) => realpath(join(prefix, name)).catch(() => null)));
  return [...parts.filter((part) => part !== null), environmentRoot];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

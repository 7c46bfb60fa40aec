import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the installed package: the nearest one above this code with a package.json, whether it runs from sources or bundled. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Version of this package. */
export function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"));
  return manifest.version;
}

/** `containers/<name>`: lock and worker of a built-in toolchain or service. Absolute. */
export function containerDirectory(name: string): string {
  return join(PACKAGE_ROOT, "containers", name);
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("Fettle runs outside of any package folder");
  return findRoot(parent);
}

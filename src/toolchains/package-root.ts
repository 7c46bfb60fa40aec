import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the installed package: both src/toolchains and lib/toolchains lie two levels below it. */
const PACKAGE_ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** `containers/<name>`: lock and worker of a built-in toolchain or service. Absolute. */
export function containerDirectory(name: string): string {
  return join(PACKAGE_ROOT, "containers", name);
}

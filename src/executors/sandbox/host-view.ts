import { existsSync, lstatSync, readlinkSync } from "node:fs";

/** The parts of the host's system that a sandbox shows, read-only. */
export interface HostView {
  /** Folders and files shown at their own place. */
  readonly shown: readonly string[];
  /** Links of the root folder (`/lib` -> `usr/lib` on merged systems). */
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

const ROOT_FOLDERS = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/**
 * /etc is reduced to what loaders and compilers need; /sys/devices/system to be read by runtimes that ask for the CPU's
 * topology; /nix/store is the system itself where it exists.
 */
const SHOWN = ["/usr", "/nix/store", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/sys/devices/system"];

export function readHostView(): HostView {
  const links: { path: string; target: string }[] = [];
  const shown = SHOWN.filter((path) => existsSync(path));
  for (const path of ROOT_FOLDERS) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() === true) links.push({ path, target: readlinkSync(path) });
    else if (stat?.isDirectory() === true) shown.push(path);
  }
  return { shown, links };
}

import { arch } from "node:os";
import type { Emulator } from "../domain/emulator.ts";
import { tryEmulator } from "./emulated-system.ts";
import { findProgram } from "./machine-files.ts";
import type { MachineView } from "./machine-view.ts";

/** QEMU's user-mode emulators by the architecture they run, in the words of target files. */
const ARCHITECTURES: Readonly<Record<string, string>> = { "qemu-aarch64": "aarch64", "qemu-x86_64": "x86-64", "qemu-riscv64": "riscv64" };

/**
 * Emulators on the PATH. Distributions call the statically linked ones, which need nothing else, `-static`. One that toolchains run
 * artifacts by is tried: it starts a few programs of some 10 ms each.
 *
 * @param own architecture of this machine, in Node's words
 */
export async function findEmulators(machine: MachineView, own: string = arch()): Promise<Emulator[]> {
  const found = await Promise.all(
    Object.entries(ARCHITECTURES).map(async ([name, architecture]): Promise<Emulator[]> => {
      const path = (await findProgram(`${name}-static`, machine.env)) ?? (await findProgram(name, machine.env));
      if (path === null) return [];
      const isUsed = architecture === "aarch64" && own !== "arm64";
      return [{ name, architecture, path, ...(isUsed && { running: await tryEmulator({ name, path }, machine) }) }];
    }),
  );
  return found.flat();
}

import type { Emulator } from "../domain/accelerator.ts";
import { findProgram } from "./machine-files.ts";

/** QEMU's user-mode emulators by the architecture they run, in the words of target files. */
const ARCHITECTURES: Readonly<Record<string, string>> = { "qemu-aarch64": "aarch64", "qemu-x86_64": "x86-64", "qemu-riscv64": "riscv64" };

/** Emulators on the PATH. Distributions call the statically linked ones, which need nothing else, `-static`. */
export async function findEmulators(env: NodeJS.ProcessEnv): Promise<Emulator[]> {
  const found = await Promise.all(
    Object.entries(ARCHITECTURES).map(async ([name, architecture]) => {
      const path = (await findProgram(`${name}-static`, env)) ?? (await findProgram(name, env));
      return path === null ? [] : [{ name, architecture, path }];
    }),
  );
  return found.flat();
}

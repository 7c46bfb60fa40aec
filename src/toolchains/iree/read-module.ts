import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { type Asked, readAsked } from "./asked.ts";
import { type Executable, readExecutable } from "./executable.ts";
import { readStoredZip } from "./stored-zip.ts";

/** A compiled module, read back: the target the compiler recorded in it, and what the executables in it say of themselves. */
export interface Module {
  readonly asked: Asked;
  readonly executables: readonly Executable[];
}

/** The file of an artifact that iree made. */
export const MODULE_FILE = "model.vmfb";

const PROGRAM = "module.fb";

/**
 * Reads a `.vmfb` without IREE. iree-compile writes it as a ZIP archive of stored files that is a FlatBuffer at the same time: `module.fb`
 * is the program, each other `.so` or `.fb` an executable, and the rest constants, which are passed over.
 */
export async function readModule(path: string): Promise<Result<Module, Failure>> {
  try {
    const parts = await readStoredZip(path, (name) => name === PROGRAM || isExecutable(name));
    const program = parts.get(PROGRAM);
    if (program === undefined) return unreadable(`${path} holds no ${PROGRAM}: it is no module of iree-compile.`);
    parts.delete(PROGRAM);
    return ok({ asked: readAsked(program), executables: [...parts].map(([name, data]) => readExecutable(name, data)) });
  } catch (error) {
    return unreadable(`${path} cannot be read as a module of iree-compile: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function isExecutable(name: string): boolean {
  return name.endsWith(".so") || name.endsWith(".fb");
}

function unreadable(message: string): Result<never, Failure> {
  return err({
    reason: "invalid-model",
    message,
    hint: "Name a .vmfb that iree-compile wrote, or the folder of an artifact made with iree.",
  });
}

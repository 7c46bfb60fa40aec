import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Interpreter, Interpreters } from "../../executors/environments/interpreters.ts";
import { findPip } from "../../executors/environments/pip-program.ts";
import { requiresPython } from "../../executors/environments/requires-python.ts";
import { containerDirectory } from "../../system/package-root.ts";

/** The interpreter that environments would be made with, or the versions found that do not fit the range. */
export type FoundPython = Interpreter | { readonly unfit: readonly string[]; readonly range: string };

interface Place {
  readonly env: NodeJS.ProcessEnv;
  /** The store's root. */
  readonly root: string;
  readonly signal: AbortSignal;
}

/** Python and pip, each looked for once however many checks ask: a pip takes some hundred milliseconds to answer. */
export function pythonFinder({ env, root, signal }: Place): { python(): Promise<FoundPython>; pip(): Promise<readonly string[] | null> } {
  let python: Promise<FoundPython> | null = null;
  let pip: Promise<readonly string[] | null> | null = null;
  const findPython = () => {
    python ??= lookForPython(new Interpreters(join(root, "interpreters.json"), env, signal));
    return python;
  };
  const lookForPip = async () => {
    const found = await findPython();
    return await findPip("program" in found ? found.program : "python3", env, signal);
  };
  return {
    python: findPython,
    pip: () => {
      pip ??= lookForPip();
      return pip;
    },
  };
}

async function lookForPython(interpreters: Interpreters): Promise<FoundPython> {
  const lock = await readFile(join(containerDirectory("scripts"), "requirements.lock"), "utf8");
  const range = requiresPython(lock);
  if (range === null) throw new Error("the lock of the scripts worker names no range of Python");
  const found = await interpreters.find(range);
  return "unfit" in found ? { unfit: found.unfit, range: range.text } : found;
}

import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { err, ok, type Result } from "../../domain/result.ts";
import type { ScriptFiles } from "../../domain/step-specs.ts";
import { hashInputs } from "./hash-inputs.ts";

/** Files a script may import or read: what does not end so, it does not see, so that nothing unhashed can shape a result. */
const SEEN = /\.(py|npy|npz|json|txt|csv|tsv|png|jpg|jpeg|wav|ttf|otf)$/i;

/**
 * A script with everything it may use: the files beside it with one of the endings above, and the Python packages (folders
 * with an `__init__.py`) beside it, whole. Hidden files are left out. The error is a system error's code.
 */
export async function scriptFiles(script: string): Promise<Result<ScriptFiles, string>> {
  const folder = dirname(script);
  const names = await filesOf(folder, "");
  const seen = [...new Set([basename(script), ...names])].sort();
  const files = await hashInputs(seen.map((at) => ({ path: join(folder, at), at })));
  return files.ok ? ok({ script: basename(script), files: files.value }) : err(files.error.code);
}

async function filesOf(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below));
  const found = await Promise.all(
    entries
      .filter((name) => !name.startsWith(".") && name !== "__pycache__")
      .map((name) => filesAt(folder, below === "" ? name : `${below}/${name}`)),
  );
  return found.flat();
}

// Links are followed; one that leads nowhere is not there.
async function filesAt(folder: string, at: string): Promise<string[]> {
  const entry = await stat(join(folder, at)).catch(() => null);
  if (entry?.isFile()) return SEEN.test(at) ? [at] : [];
  if (!entry?.isDirectory() || !(await isPackage(join(folder, at)))) return [];
  return filesOf(folder, at);
}

async function isPackage(folder: string): Promise<boolean> {
  const init = await stat(join(folder, "__init__.py")).catch(() => null);
  return init?.isFile() ?? false;
}

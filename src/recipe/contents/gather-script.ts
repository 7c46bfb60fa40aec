import { resolve } from "node:path";
import type { ScriptSpec } from "../../domain/recipe.ts";
import type { ScriptFiles } from "../../domain/step-specs.ts";
import type { Fault, YamlPath } from "../fault.ts";
import { faulty, type Gathered, gathered, NOTHING } from "./gathered.ts";
import { hashFile } from "./hash-file.ts";
import { missingFile } from "./missing-file.ts";
import { scriptFiles } from "./script-files.ts";

/** A script and its requirements, as a recipe names them. */
export interface WrittenScript {
  readonly script?: string | undefined;
  readonly requirements?: string | undefined;
}

export interface GatheredScript {
  readonly spec: ScriptSpec;
  readonly files: ScriptFiles;
}

/** Finds and hashes a script with all that it may use. `path`: where the block that names it stands in the recipe. */
export async function gatherScript(
  folder: string,
  path: YamlPath,
  { script, requirements }: WrittenScript,
): Promise<Gathered<GatheredScript>> {
  const lock = requirements === undefined ? null : resolve(folder, requirements);
  const faults: Fault[] = [];
  if (lock !== null && requirements !== undefined) faults.push(...(await lockFaults([...path, "requirements"], requirements, lock)));
  if (script === undefined) return faults.length > 0 ? faulty(...faults) : NOTHING;
  const file = resolve(folder, script);
  const found = await hashFile(file);
  const files = found.ok ? await scriptFiles(file) : found;
  if (!files.ok) faults.push(await missingFile([...path, "script"], { written: script, path: file, code: files.error }));
  return files.ok && faults.length === 0 ? gathered({ spec: { script: file, requirements: lock }, files: files.value }) : faulty(...faults);
}

async function lockFaults(path: YamlPath, written: string, file: string): Promise<Fault[]> {
  const hashed = await hashFile(file);
  return hashed.ok ? [] : [await missingFile(path, { written, path: file, code: hashed.error })];
}

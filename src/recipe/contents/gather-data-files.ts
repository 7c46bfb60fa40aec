import { glob, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { InputFile } from "../../domain/step-specs.ts";
import type { Fault, YamlPath } from "../fault.ts";
import { faulty, type Gathered, gathered } from "./gathered.ts";
import { hashInputs } from "./hash-inputs.ts";
import { missingFile } from "./missing-file.ts";

export type DataFiles = { readonly calibration: readonly InputFile[]; readonly validation: readonly InputFile[] };
type Written = string | readonly (string | undefined)[] | undefined;

const PATH: YamlPath = ["data", "files"];

/** Expands the globs of a `data.files` block and hashes what they give, in sorted order. */
export async function gatherDataFiles(
  folder: string,
  files: { readonly calibration?: Written; readonly validation?: Written },
): Promise<Gathered<DataFiles>> {
  const calibration = await gatherSplit(folder, "calibration", files.calibration);
  const validation = await gatherSplit(folder, "validation", files.validation);
  const faults = [...calibration.faults, ...validation.faults];
  if (faults.length > 0 || calibration.value === null || validation.value === null) return faulty(...faults);
  return gathered({ calibration: calibration.value, validation: validation.value });
}

async function gatherSplit(folder: string, split: string, written: Written): Promise<Gathered<readonly InputFile[]>> {
  const patterns =
    typeof written === "string"
      ? [{ pattern: written, path: [...PATH, split] }]
      : (written ?? []).map((pattern, index) => ({ pattern, path: [...PATH, split, index] }));
  const found = new Set<string>();
  const faults: Fault[] = [];
  for (const { pattern, path } of patterns) {
    if (pattern === undefined) continue;
    const matched = await expand(folder, pattern);
    const fault = await patternFault(folder, { pattern, path, matched });
    if (fault === null) for (const file of matched) found.add(file);
    else faults.push(fault);
  }
  if (faults.length > 0) return faulty(...faults);
  const inputs = await hashInputs([...found].sort().map((path, index) => ({ path, at: placeOf(split, index, path) })));
  if (inputs.ok) return gathered(inputs.value);
  return faulty(await missingFile([...PATH, split], { written: inputs.error.path, ...inputs.error }));
}

// The number keeps the order and keeps equal names of different folders apart.
function placeOf(split: string, index: number, path: string): string {
  return `${split}/${String(index).padStart(5, "0")}-${basename(path)}`;
}

async function expand(folder: string, pattern: string): Promise<string[]> {
  const plain = resolve(folder, pattern);
  if ((await stat(plain).catch(() => null)) !== null) return [plain];
  const matched: string[] = [];
  for await (const name of glob(pattern, { cwd: folder })) matched.push(resolve(folder, name));
  return matched;
}

async function patternFault(
  folder: string,
  { pattern, path, matched }: { pattern: string; path: YamlPath; matched: readonly string[] },
): Promise<Fault | null> {
  const other = matched.find((file) => !/\.np[yz]$/.test(file));
  if (other !== undefined) {
    return {
      code: "invalid-value",
      path,
      message: `${other} is no .npz or .npy file`,
      expected: "files that numpy.savez or numpy.save wrote",
    };
  }
  if (matched.length > 0) return null;
  if (/[*?[\]{}]/.test(pattern))
    return {
      code: "data-empty",
      path,
      message: `no file matches ${pattern}`,
      hint: `globs are relative to the recipe's folder, ${folder}`,
    };
  return missingFile(path, { written: pattern, path: resolve(folder, pattern), code: "ENOENT" });
}

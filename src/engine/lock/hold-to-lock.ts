import { dirname, join, resolve } from "node:path";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { shownPath } from "../../recipe/document/read-source.ts";
import type { YamlDocument } from "../../recipe/document/yaml-document.ts";
import type { Leniency } from "./compare-environments.ts";
import { comparePins } from "./compare-pins.ts";
import type { Difference } from "./difference.ts";
import { LOCK_NAME, platformName } from "./lock-names.ts";
import type { Pinnable } from "./pinnable.ts";
import { readLock } from "./read-lock.ts";
import { takePins } from "./take-pins.ts";

export interface HoldOptions {
  /** The lock file, relative to the working folder; null: `fettle.lock` beside the recipe. */
  readonly file: string | null;
}

/**
 * Refuses a recipe whose inputs are not those of its lock: the error has a diagnostic for each thing that differs, at its place in the lock.
 * What is held to less than an exact match, and may be, is given as warnings.
 */
export async function holdToLock(pinnable: Pinnable, { file }: HoldOptions): Promise<Result<readonly Diagnostic[], readonly Diagnostic[]>> {
  const { inputs, cwd } = pinnable;
  const lockFile = file === null ? join(dirname(inputs.recipe.file), LOCK_NAME) : resolve(cwd, file);
  const relock = relockCommand(inputs.recipe.file, cwd, file);
  const read = await readLock(lockFile, cwd, relock);
  if (!read.ok) return read;
  const platform = platformName(inputs.host);
  const compared = comparePins(read.value.lock, await takePins(pinnable, lockFile), { platform, relock });
  if (compared.differences.length > 0) return err(compared.differences.map((each) => differenceDiagnostic(each, read.value.document)));
  return ok(leniencyDiagnostics(compared.leniencies, platform, relock));
}

/** The command that writes the lock anew, as the user would type it. */
export function relockCommand(recipe: string, cwd: string, out: string | null): string {
  return `fettle lock ${shownPath(recipe, cwd)}${out === null ? "" : ` --out ${out}`}`;
}

function differenceDiagnostic({ path, message, mend }: Difference, document: YamlDocument): Diagnostic {
  return document.place({ code: "lock-differs", path, message, hint: mend });
}

/** One warning for each kind, however many environments it is about. */
function leniencyDiagnostics(leniencies: readonly Leniency[], platform: string, relock: string): Diagnostic[] {
  const of = (kind: Leniency["kind"]) => leniencies.filter((each) => each.kind === kind);
  const names = (list: readonly Leniency[]) => list.map(({ environment }) => environment).join(", ");
  const [platforms, pythons] = [of("platform"), of("python")];
  const warning = (message: string, hint: string): Diagnostic => ({ code: "lock-partial", severity: "warning", message, hint });
  const [other] = pythons;
  return [
    ...(platforms.length === 0
      ? []
      : [
          warning(
            `the lock has nothing of ${platform} for ${names(platforms)}: only their lists of packages are held to`,
            `add this platform: \`${relock}\``,
          ),
        ]),
    ...(other === undefined
      ? []
      : [
          warning(
            `Python is ${other.here} here, and the lock was written with ${other.locked}: the packages are the same, the interpreter is not`,
            `install Python ${other.locked} where results must come from the same interpreter`,
          ),
        ]),
  ];
}

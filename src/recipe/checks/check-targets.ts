import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Host } from "../../domain/host.ts";
import type { ModelFacts } from "../../domain/model-facts.ts";
import type { Precision } from "../../domain/precision.ts";
import type { Absence, ToolchainUse } from "../../domain/recipe.ts";
import { rangedAxes } from "../../domain/sizes.ts";
import type { Target } from "../../domain/target.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import type { Fault } from "../fault.ts";
import { listed } from "../schema/fault-check.ts";
import type { RecipeText } from "../schema/recipe-schema.ts";
import { suggest } from "../suggest.ts";
import { absenceFault, notHere, notInstalled } from "./absence.ts";
import { checkReach, type ServedTarget } from "./check-reach.ts";
import type { Draft } from "./check-structure.ts";
import { checkToolchains } from "./check-toolchains.ts";
import { wholeShapes } from "./whole-shapes.ts";

/** What exists, for the names in a recipe to be checked against. */
export interface Surroundings {
  readonly toolchains: readonly Toolchain[];
  readonly targets: ReadonlyMap<string, Target>;
  /** Target name -> why its file gives no target here. */
  readonly targetFaults?: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Given, a target whose proof this machine cannot give is warned of. */
  readonly host?: Host;
  /** What is known of the recipe's model. */
  readonly model?: ModelFacts;
}

export interface CheckedTargets {
  readonly faults: readonly Fault[];
  /** Faults of target files that the recipe names. */
  readonly diagnostics: readonly Diagnostic[];
  /** Target name -> its toolchains with options checked and filled in. */
  readonly uses: ReadonlyMap<string, readonly ToolchainUse[]>;
  /** Optional target's name -> what it names and is not installed here. */
  readonly absent: ReadonlyMap<string, readonly Absence[]>;
}

/** Checks every name and option under `targets:`, and whether anything at all can come of them. */
export function checkTargets(draft: Draft<RecipeText>, surroundings: Surroundings): CheckedTargets {
  const faults: Fault[] = [];
  const diagnostics: Diagnostic[] = [];
  const uses = new Map<string, readonly ToolchainUse[]>();
  const absent = new Map<string, readonly Absence[]>();
  const served: ServedTarget[] = [];
  for (const [name, use] of Object.entries(draft.targets ?? {})) {
    const optional = use?.optional === true;
    const list = { path: ["targets", name, "toolchains"], written: use?.toolchains ?? [], optional };
    const checked = checkToolchains(list, surroundings.toolchains);
    faults.push(...checked.faults);
    uses.set(name, checked.uses);
    const target = surroundings.targets.get(name);
    const unmet = target === undefined ? missingTarget(name, { optional, surroundings }) : NONE;
    faults.push(...unmet.faults);
    diagnostics.push(...unmet.diagnostics);
    absent.set(name, [...unmet.absent, ...checked.absent]);
    if (target === undefined) continue;
    const tried = writtenPrecisions(name, use?.precision, draft.try?.precision);
    served.push({ target, uses: checked.uses, isWhole: checked.faults.length === 0, require: use?.require ?? "measured", ...tried });
  }
  const ranges = rangedAxes(wholeShapes(draft));
  return { faults: [...faults, ...checkReach(served, { ...surroundings, ranges })], diagnostics, uses, absent };
}

type Written = readonly (Precision | undefined)[] | undefined;

/** A target's own precisions, or the recipe's, with the place of the list. */
function writtenPrecisions(name: string, own: Written, common: Written): Pick<ServedTarget, "precisions" | "precisionsAt"> {
  return own === undefined
    ? { precisions: common ?? ["float32"], precisionsAt: ["try", "precision"] }
    : { precisions: own, precisionsAt: ["targets", name, "precision"] };
}

interface Unmet {
  readonly faults: readonly Fault[];
  readonly diagnostics: readonly Diagnostic[];
  readonly absent: readonly Absence[];
}

const NONE: Unmet = { faults: [], diagnostics: [], absent: [] };

/** A target without a file here, or whose file gives none: an error, but for an optional one that another machine may have. */
function missingTarget(name: string, { optional, surroundings }: { optional: boolean; surroundings: Surroundings }): Unmet {
  const broken = surroundings.targetFaults?.get(name);
  if (broken === undefined && !optional) return { ...NONE, faults: [unknownTarget(name, surroundings)] };
  if (broken === undefined) {
    const absence = notInstalled("target", name);
    return { ...NONE, absent: [absence], faults: [absenceFault(absence, { path: ["targets", name], names: targetNames(surroundings) })] };
  }
  if (!optional || broken.some(({ code }) => code !== "target-invalid")) return { ...NONE, diagnostics: broken };
  return { ...NONE, absent: [notHere(name, broken)], diagnostics: broken.map((each) => ({ ...each, severity: "warning" })) };
}

function targetNames({ targets, targetFaults }: Surroundings): string[] {
  return [...targets.keys(), ...(targetFaults?.keys() ?? [])].sort();
}

function unknownTarget(name: string, surroundings: Surroundings): Fault {
  const names = targetNames(surroundings);
  const near = suggest(name, names);
  return {
    code: "unknown-target",
    path: ["targets", name],
    on: "key",
    message: `there is no target \`${name}\``,
    expected: whatThereIs(names),
    hint: near === null ? `describe it in targets/${name}.yaml beside the recipe` : `did you mean \`${near}\`?`,
  };
}

/** More names than this say less than where to look them up. */
const MOST_NAMES = 12;

function whatThereIs(names: readonly string[]): string {
  if (names.length === 0) return "a target that exists";
  return names.length > MOST_NAMES ? "one of those that `fettle targets` lists" : `one of ${listed(names)}`;
}

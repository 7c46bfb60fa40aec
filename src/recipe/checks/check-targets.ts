import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Host } from "../../domain/host.ts";
import type { ModelFacts } from "../../domain/model-facts.ts";
import type { Precision } from "../../domain/precision.ts";
import type { ToolchainUse } from "../../domain/recipe.ts";
import type { Target } from "../../domain/target.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import type { Fault } from "../fault.ts";
import { listed } from "../schema/fault-check.ts";
import type { RecipeText } from "../schema/recipe-schema.ts";
import { suggest } from "../suggest.ts";
import { checkReach, type ServedTarget } from "./check-reach.ts";
import type { Draft } from "./check-structure.ts";
import { checkToolchains } from "./check-toolchains.ts";
import { wholeShapes, writtenRanges } from "./whole-shapes.ts";

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
}

/** Checks every name and option under `targets:`, and whether anything at all can come of them. */
export function checkTargets(draft: Draft<RecipeText>, surroundings: Surroundings): CheckedTargets {
  const faults: Fault[] = [];
  const diagnostics: Diagnostic[] = [];
  const uses = new Map<string, readonly ToolchainUse[]>();
  const served: ServedTarget[] = [];
  for (const [name, use] of Object.entries(draft.targets ?? {})) {
    const checked = checkToolchains(["targets", name, "toolchains"], use?.toolchains ?? [], surroundings.toolchains);
    faults.push(...checked.faults);
    uses.set(name, checked.uses);
    const target = surroundings.targets.get(name);
    const broken = surroundings.targetFaults?.get(name);
    if (target !== undefined)
      served.push({ target, uses: checked.uses, isWhole: checked.faults.length === 0, require: use?.require ?? "measured" });
    else if (broken !== undefined) diagnostics.push(...broken);
    else faults.push(unknownTarget(name, surroundings));
  }
  const precisions: readonly (Precision | undefined)[] = draft.try?.precision ?? ["float32"];
  return { faults: [...faults, ...checkReach(served, precisions, surroundings, writtenRanges(wholeShapes(draft)))], diagnostics, uses };
}

function unknownTarget(name: string, { targets, targetFaults }: Surroundings): Fault {
  const names = [...targets.keys(), ...(targetFaults?.keys() ?? [])].sort();
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

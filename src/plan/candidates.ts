import type { JsonObject } from "../domain/json.ts";
import type { Untried } from "../domain/plan.ts";
import type { Precision } from "../domain/precision.ts";
import type { RecipeTarget } from "../domain/recipe.ts";
import type { Target } from "../domain/target.ts";
import type { CandidateQuery } from "../domain/toolchain.ts";
import type { IdentifiedToolchain, PlanInputs } from "./inputs.ts";

/** A combination some toolchain serves, before its steps are planned. */
export interface CandidateDraft extends CandidateQuery {
  readonly id: string;
  readonly toolchain: IdentifiedToolchain;
  /** Why this host cannot run it; null when it can. */
  readonly cannotRun: string | null;
}

/** Every toolchain x precision of a target, in the recipe's order; what no toolchain serves is listed with the reason. */
export function expandCandidates(inputs: PlanInputs, target: Target, use: RecipeTarget): { tried: CandidateDraft[]; untried: Untried[] } {
  const tried: CandidateDraft[] = [];
  const untried: Untried[] = [];
  const uses = new Map<string, number>();
  for (const { name, options } of use.toolchains) {
    const toolchain = inputs.toolchains.get(name);
    if (!toolchain) throw new Error(`toolchain ${name} passed the recipe's checks but is not registered`);
    const count = (uses.get(name) ?? 0) + 1;
    uses.set(name, count);
    for (const precision of inputs.recipe.precisions) {
      const id = `${name}${count > 1 ? `#${count}` : ""}/${precision}`;
      const support = toolchain.toolchain.canCompile({ target, precision, options });
      if (support.yes) tried.push(draftCandidate(inputs, toolchain, { id, target, precision, options }));
      else untried.push({ target: target.name, id, why: support.why });
    }
  }
  return { tried, untried };
}

interface Drafted {
  readonly id: string;
  readonly target: Target;
  readonly precision: Precision;
  readonly options: JsonObject;
}

function draftCandidate(inputs: PlanInputs, toolchain: IdentifiedToolchain, drafted: Drafted): CandidateDraft {
  return { ...drafted, toolchain, cannotRun: whyNotHere(inputs, toolchain, drafted) };
}

function whyNotHere({ host }: PlanInputs, { toolchain }: IdentifiedToolchain, query: CandidateQuery): string | null {
  const { target } = query;
  if (target.architecture !== host.architecture) {
    return `this host is ${host.architecture}, the target is ${target.architecture}`;
  }
  const missing = target.features.filter((feature) => !host.cpuFeatures.includes(feature));
  if (missing.length > 0) return `this host's CPU lacks ${missing.join(", ")}`;
  const support = toolchain.canRun(query, host);
  return support.yes ? null : support.why;
}

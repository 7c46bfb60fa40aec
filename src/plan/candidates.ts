import type { Host } from "../domain/host.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Untried } from "../domain/plan.ts";
import type { Precision } from "../domain/precision.ts";
import type { RecipeTarget } from "../domain/recipe.ts";
import type { Target } from "../domain/target.ts";
import type { CandidateQuery, Toolchain } from "../domain/toolchain.ts";
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
  return { ...drafted, toolchain, cannotRun: whyNotHere(inputs.host, toolchain.toolchain, drafted) };
}

/** Why a host cannot run what a toolchain makes for a target; null when it can. */
export function whyNotHere(host: Host, toolchain: Toolchain, query: CandidateQuery): string | null {
  const why = whyNotThisHost(host, query.target);
  if (why !== null) return why;
  const support = toolchain.canRun(query, host);
  return support.yes ? null : support.why;
}

/** Why a host is not such hardware; null when it is. */
export function whyNotThisHost(host: Host, target: Target): string | null {
  if (target.architecture !== host.architecture) {
    return `this host is ${host.architecture}, the target is ${target.architecture}`;
  }
  const missing = target.features.filter((feature) => !host.cpuFeatures.includes(feature));
  return missing.length > 0 ? `this host's CPU lacks ${missing.join(", ")}` : null;
}

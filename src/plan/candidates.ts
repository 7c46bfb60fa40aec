import type { Accelerator } from "../domain/accelerator.ts";
import { canMake } from "../domain/can-make.ts";
import { emulationBy } from "../domain/emulation.ts";
import type { Emulation } from "../domain/emulator.ts";
import { emulatorOf, findAccelerator, wayToRun, whyNotThisHost } from "../domain/host-fit.ts";
import type { Untried } from "../domain/plan.ts";
import type { Precision } from "../domain/precision.ts";
import { type Absence, absenceText, precisionsOf, type RecipeTarget } from "../domain/recipe.ts";
import { rangedAxes } from "../domain/sizes.ts";
import type { Target } from "../domain/target.ts";
import type { CandidateQuery, Support, Toolchain } from "../domain/toolchain.ts";
import type { IdentifiedToolchain, PlanInputs } from "./inputs.ts";

/** A combination some toolchain serves, before its steps are planned. */
export interface CandidateDraft extends CandidateQuery {
  readonly id: string;
  readonly toolchain: IdentifiedToolchain;
  /** Why this host cannot run it; null when it can. */
  readonly cannotRun: string | null;
  /** The program it is run by where this host is not such hardware. */
  readonly emulatedBy: string | null;
  /** How, where that program is one of this machine's own emulators and not the toolchain's. */
  readonly emulation: Emulation | null;
  /** The accelerator of this host it is made for; null for CPUs, and where there is none. */
  readonly accelerator: Accelerator | null;
}

/** Every toolchain x precision of a target, in the recipe's order; what no toolchain serves is listed with the reason. */
export function expandCandidates(inputs: PlanInputs, target: Target, use: RecipeTarget): { tried: CandidateDraft[]; untried: Untried[] } {
  const tried: CandidateDraft[] = [];
  const untried: Untried[] = [];
  const uses = new Map<string, number>();
  const { modelFacts } = inputs.contents;
  for (const { name, options } of use.toolchains) {
    const toolchain = inputs.toolchains.get(name);
    if (!toolchain) throw new Error(`toolchain ${name} passed the recipe's checks but is not registered`);
    const count = (uses.get(name) ?? 0) + 1;
    uses.set(name, count);
    for (const precision of precisionsOf(inputs.recipe, use)) {
      const id = `${name}${count > 1 ? `#${count}` : ""}/${precision}`;
      const query: CandidateQuery = { target, precision, options, ...(modelFacts !== undefined && { model: modelFacts }) };
      const support = canTry(inputs, toolchain.toolchain, query);
      if (support.yes) tried.push(draftCandidate(inputs, toolchain, { id, ...query }));
      else untried.push({ target: target.name, id, why: support.why });
    }
  }
  return { tried, untried: [...untried, ...notInstalled(inputs, use)] };
}

/** Toolchains of an optional target that are not installed. */
function notInstalled({ recipe }: PlanInputs, use: RecipeTarget): Untried[] {
  const toolchains = (use.absent ?? []).filter(({ kind }) => kind === "toolchain");
  const untried = (absence: Absence, precision: Precision) => ({ id: `${absence.name}/${precision}`, why: absenceText([absence]) });
  return toolchains.flatMap((each) => precisionsOf(recipe, use).map((precision) => ({ target: use.name, ...untried(each, precision) })));
}

/** A compiler that tunes on the device can do nothing where there is none. */
function canTry({ host, recipe }: PlanInputs, toolchain: Toolchain, query: CandidateQuery): Support {
  const support = canMake(toolchain, query, rangedAxes(recipe.model.shapes));
  if (!support.yes || toolchain.compileNeedsDevice?.(query) !== true) return support;
  const why = whyNotThisHost(host, query.target);
  return why === null ? support : { yes: false, why: `${toolchain.title} compiles on the device itself, and ${why}` };
}

interface Drafted extends CandidateQuery {
  readonly id: string;
}

function draftCandidate(inputs: PlanInputs, toolchain: IdentifiedToolchain, drafted: Drafted): CandidateDraft {
  const { host } = inputs;
  const way = wayToRun(host, toolchain.toolchain, drafted);
  const emulatedBy = emulatorOf(way);
  const emulation = emulationBy(host, drafted.target, emulatedBy);
  const accelerator = drafted.target.device === "cpu" ? null : findAccelerator(host, drafted.target);
  return { ...drafted, toolchain, cannotRun: way.yes ? null : way.why, emulatedBy, emulation, accelerator };
}

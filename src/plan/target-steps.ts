import { join } from "node:path";
import type { Candidate, PlannedTarget, Step, StepId, StepOf } from "../domain/plan.ts";
import type { RecipeTarget } from "../domain/recipe.ts";
import type { ProofSpec } from "../domain/step-specs.ts";
import type { Target } from "../domain/target.ts";
import { planCandidate } from "./candidate-steps.ts";
import { expandCandidates } from "./candidates.ts";
import { DEFAULT_PROOF_BYTES, type PlanInputs } from "./inputs.ts";
import type { SharedSteps } from "./shared-steps.ts";
import { makeStep, need } from "./step.ts";

/** All candidates of one target, the choice among them, and its publication. One that nothing here describes has no candidates. */
export function planTarget(inputs: PlanInputs, shared: SharedSteps, use: RecipeTarget): { planned: PlannedTarget; steps: Step[] } {
  const isAbsent = use.absent?.some(({ kind }) => kind === "target") === true;
  const target = isAbsent ? null : (inputs.targets.get(use.name) ?? null);
  if (!target && !isAbsent) throw new Error(`target ${use.name} passed the recipe's checks but is not loaded`);
  const { tried, untried } = target === null ? { tried: [], untried: [] } : expandCandidates(inputs, target, use);
  const planned = tried.map((draft) => planCandidate(inputs, shared, draft));
  const steps = planned.flatMap((each) => each.steps);
  const candidates = planned.map((each) => each.candidate);
  const select = planSelect(inputs, use, { candidates, steps });
  const publish = planPublish(inputs, shared, { target, use, select, candidates, steps });
  return {
    planned: { name: use.name, use, require: use.require, candidates, untried, select: select.id, publish: publish.id },
    steps: [...steps, select, publish],
  };
}

interface Planned {
  readonly candidates: readonly Candidate[];
  readonly steps: readonly Step[];
}

function planSelect(inputs: PlanInputs, use: RecipeTarget, { candidates, steps }: Planned): StepOf<"select"> {
  const ends = candidates.flatMap((candidate) =>
    Object.entries(candidate.steps)
      .filter((entry): entry is [string, StepId] => entry[1] !== null)
      .map(([kind, id]) => need(stepOf(steps, id), `${candidate.id} ${kind}`, "settled")),
  );
  return makeStep({
    kind: "select",
    target: use.name,
    needs: ends,
    spec: {
      require: use.require,
      absent: use.absent ?? [],
      candidates: candidates.map(({ id, toolchain, version, precision, cannotRun, emulatedBy }) => ({
        ...{ id, toolchain, version, precision, cannotRun, emulatedBy },
      })),
    },
    limits: inputs.limits,
    options: { require: use.require },
  });
}

interface Publication extends Planned {
  readonly target: Target | null;
  readonly use: RecipeTarget;
  readonly select: StepOf<"select">;
}

function planPublish(inputs: PlanInputs, shared: SharedSteps, from: Publication): StepOf<"publish"> {
  const { outputDirectory, recipe, limits } = inputs;
  const { target, use, select, candidates, steps } = from;
  return makeStep({
    kind: "publish",
    target: use.name,
    needs: [
      need(select, "choice"),
      need(shared.fetch, "model", "settled"),
      need(shared.data, "data", "settled"),
      need(shared.prepare, "prepared", "settled"),
      need(shared.reference, "reference", "settled"),
      ...candidates.map((each) => artifactNeed(each, steps)),
    ],
    spec: {
      directory: join(outputDirectory, recipe.name, use.name),
      recipe: recipe.name,
      target,
      proof: proofSpec(inputs, use),
      candidates: Object.fromEntries(candidates.map(({ id, toolchain, precision, options }) => [id, { toolchain, precision, options }])),
    },
    limits,
    options: {},
  });
}

function proofSpec({ recipe, contents, proofBytes }: PlanInputs, { require }: RecipeTarget): ProofSpec {
  const { outputs, metric, latency } = recipe.accept;
  const script = contents.metricScript;
  return {
    require,
    outputs,
    metric: metric && script && { script, requirements: metric.requirements, keep: metric.keep },
    latency,
    measure: recipe.measure,
    bind: recipe.model.bind,
    shapes: recipe.model.shapes,
    limitBytes: proofBytes ?? DEFAULT_PROOF_BYTES,
  };
}

function artifactNeed(candidate: Candidate, steps: readonly Step[]) {
  return need(stepOf(steps, candidate.steps.compile), candidate.id, "settled");
}

function stepOf(steps: readonly Step[], id: StepId): Step {
  const step = steps.find((each) => each.id === id);
  if (!step) throw new Error(`the plan has no step ${id}`);
  return step;
}

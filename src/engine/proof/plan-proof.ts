import { join } from "node:path";
import type { Limits } from "../../domain/command.ts";
import type { Digest } from "../../domain/digest.ts";
import type { Plan, Step, StepId } from "../../domain/plan.ts";
import type { Recipe } from "../../domain/recipe.ts";
import type { RecipeContents } from "../../domain/recipe-contents.ts";
import type { InputFile } from "../../domain/step-specs.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import { planRecipe } from "../../plan/plan-recipe.ts";
import { identifyServices, identifyToolchain } from "../identify-workers.ts";
import type { StepOutcome } from "../operation.ts";
import type { Services } from "../services.ts";
import type { Adopted } from "./adopt.ts";
import { asTarget } from "./check-host.ts";
import type { OpenProof } from "./open-proof.ts";
import { PROOF_FOLDER } from "./proof-schema.ts";

export interface ProofPlan {
  /** The steps that are left: infer, validate, measure, select. */
  readonly plan: Plan;
  /** Those before them, as they ended where the artifact was built. */
  readonly known: ReadonlyMap<StepId, StepOutcome>;
}

/** The plan that the artifact's recipe has for its candidate on this machine, with all up to compiling taken as done. */
export async function planProof(
  proof: OpenProof,
  toolchain: Toolchain,
  { services, adopted, limits }: { readonly services: Services; readonly adopted: Adopted; readonly limits: Limits },
): Promise<ProofPlan> {
  const recipe = proofRecipe(proof);
  const target = asTarget(proof.request.target);
  const [workers, identified] = await Promise.all([
    identifyServices(recipe, services.environments),
    identifyToolchain(toolchain, services.environments),
  ]);
  const plan = planRecipe({
    ...{ recipe, workers, limits, host: services.host, outputDirectory: proof.directory },
    contents: contentsOf(proof),
    targets: new Map([[target.name, target]]),
    toolchains: new Map([[toolchain.name, identified]]),
  });
  const known = new Map(plan.steps.flatMap((step) => knownOutcome(step, adopted)));
  return { plan: { ...plan, steps: plan.steps.filter(({ id, kind }) => !known.has(id) && kind !== "publish") }, known };
}

const ADOPTED_BY_KIND = { fetch: "model", prepare: "prepared", data: "data", reference: "reference", compile: "compile" } as const;

function knownOutcome({ id, kind }: Step, adopted: Adopted): [StepId, StepOutcome][] {
  const name = kind in ADOPTED_BY_KIND ? ADOPTED_BY_KIND[kind as keyof typeof ADOPTED_BY_KIND] : null;
  if (name === null) return [];
  const record = adopted[name];
  return [[id, { state: "done", cached: true, result: record.result, record }]];
}

/** The artifact's recipe with this one candidate, as far as it is left to do. */
export function proofRecipe({ directory, manifest, request }: OpenProof): Recipe {
  const { accept, bind, shapes = {}, measure, candidate, target } = request;
  const { toolchain: name, precision, options } = candidate;
  const requirements = accept.metric?.hasRequirements === true ? join(directory, PROOF_FOLDER, "metric-requirements.lock") : null;
  const metric = accept.metric && { script: accept.metric.script, requirements, keep: accept.metric.keep };
  return {
    ...{ name: manifest.recipe, description: null, file: join(directory, "manifest.json"), precisions: [precision], measure },
    model: {
      source: { kind: "path", path: join(directory, PROOF_FOLDER, "model/model.onnx") },
      sha256: manifest.model.sha256,
      shapes,
      bind,
    },
    data: { source: { kind: "random", inputs: {} }, calibration: 0, validation: manifest.data.validation, seed: 0 },
    accept: { outputs: accept.outputs, metric, latency: accept.latency as Recipe["accept"]["latency"] },
    targets: [{ name: target.name, toolchains: [{ name, options }], require: request.require }],
  };
}

function contentsOf({ directory, manifest, request }: OpenProof): RecipeContents {
  const prefix = `${PROOF_FOLDER}/metric/`;
  const files = manifest.files
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path, digest }): InputFile => ({ path: join(directory, path), at: path.slice(prefix.length), digest: digest as Digest }));
  const { metric } = request.accept;
  return { model: [], dataScript: null, dataFiles: null, metricScript: metric && { script: metric.script, files } };
}

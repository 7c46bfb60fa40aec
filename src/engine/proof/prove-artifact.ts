import type { Limits } from "../../domain/command.ts";
import { digestBytes, digestJson } from "../../domain/digest.ts";
import type { Failure } from "../../domain/failure.ts";
import { asJson } from "../../domain/json.ts";
import type { Plan, StepId } from "../../domain/plan.ts";
import type { RecipeSource, RunReport } from "../../domain/report.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { packageVersion } from "../../system/package-root.ts";
import type { OpenServices } from "../create-services.ts";
import { executionPorts } from "../execution/chosen-execution.ts";
import { neededEnvironments } from "../identify-workers.ts";
import { makeReport } from "../make-report.ts";
import type { StepOutcome } from "../operation.ts";
import type { Choice } from "../operations/select.ts";
import { runPlan } from "../run-plan.ts";
import type { Services } from "../services.ts";
import { timeSteps } from "../step-seconds.ts";
import { adoptProof } from "./adopt.ts";
import { whyNotProvableHere } from "./check-host.ts";
import { notProvable, type OpenProof, openProof } from "./open-proof.ts";
import { planProof, proofRecipe } from "./plan-proof.ts";
import { raiseProof } from "./raise-proof.ts";

export interface ProveOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly cwd: string;
  /** As the user named the folder. */
  readonly shown: string;
}

/**
 * The use case of `fettle prove`: runs, judges and measures a published artifact on this machine by what its recipe asks, and raises
 * the proof level in its manifest where it was accepted. Refuses before anything of it is loaded where this machine cannot do that.
 */
export async function proveArtifact(directory: string, open: OpenServices, options: ProveOptions): Promise<Result<RunReport, Failure>> {
  const startedAt = Date.now();
  const opened = await openProof(directory);
  if (!opened.ok) return opened;
  const proof = opened.value;
  const refused = await whyNotProvableHere(proof, open.host, open.toolchains);
  if (refused !== null) return err(refused);
  const prepared = await prepare(proof, open, options);
  if (!prepared.ok) return prepared;
  const { services, plan, known } = prepared.value;
  open.emit({ type: "build-started", recipe: plan.recipe.name, steps: plan.steps, store: open.store.root });
  const timed = timeSteps(open.emit);
  const { signal } = options;
  const ran = await runPlan(plan, { ...services, emit: timed.emit }, { jobs: 1, failFast: false, signal, known });
  await services.executor.close();
  const concluded = await conclude(proof, plan, { ran, services, signal });
  const made = makeReport(plan, new Map([...ran, ...concluded]), {
    source: sourceOf(proof, options),
    seconds: (Date.now() - startedAt) / 1000,
    stepSeconds: timed.seconds,
    interrupted: signal.aborted,
    cwd: options.cwd,
  });
  const report = { ...made, failures: [...made.failures, ...failuresOf(concluded)] };
  open.emit({ type: "build-finished", report });
  return ok(report);
}

interface Prepared {
  readonly services: Services;
  readonly plan: Plan;
  readonly known: ReadonlyMap<StepId, StepOutcome>;
}

async function prepare(proof: OpenProof, open: OpenServices, { limits, signal }: ProveOptions): Promise<Result<Prepared, Failure>> {
  const toolchain = open.toolchains.get(proof.request.candidate.toolchain);
  if (toolchain === undefined) return err(notProvable(`The toolchain ${proof.request.candidate.toolchain} is not installed here.`));
  const adopted = await adoptProof(open.store, proof);
  if (!adopted.ok) return adopted;
  const planned = (services: Services) => planProof(proof, toolchain, { services, adopted: adopted.value, limits });
  const chosen = await open.choose(neededEnvironments(proofRecipe(proof), open.toolchains), { signal });
  if (!chosen.ok) return chosen;
  const services: Services = { ...open, ...executionPorts(chosen.value, open.host) };
  return ok({ services, ...(await planned(services)) });
}

/** Raises the proof of what was accepted; gives the outcome that a publication would have had. */
async function conclude(
  proof: OpenProof,
  plan: Plan,
  { ran, services, signal }: { readonly ran: ReadonlyMap<StepId, StepOutcome>; readonly services: Services; readonly signal: AbortSignal },
): Promise<[StepId, StepOutcome][]> {
  const [target] = plan.targets;
  const selected = target && ran.get(target.select);
  if (target === undefined || selected?.state !== "done") return [];
  const choice = selected.result as unknown as Choice;
  const winner = choice.candidates.find(({ id }) => id === choice.winner);
  if (winner === undefined) return [];
  const raised = await raiseProof(proof, { winner, host: services.host, waiting: { signal } });
  if (!raised.ok) return [[target.publish, { state: "failed", failure: raised.error }]];
  const { manifest, directory } = proof;
  const result = {
    directory,
    digest: digestBytes(JSON.stringify(manifest.files)),
    previous: null,
    note: raised.value ? `The manifest now says \`${winner.proof}\`; it said \`${manifest.proof}\`.` : null,
  };
  return [[target.publish, { state: "done", cached: !raised.value, result: asJson(result), record: null }]];
}

/** The plan of a proof has no step that publishes, which a report would show. */
function failuresOf(concluded: readonly [StepId, StepOutcome][]): RunReport["failures"] {
  return concluded.flatMap(([step, outcome]) => (outcome.state === "failed" ? [{ step, ...outcome.failure }] : []));
}

function sourceOf({ request }: OpenProof, { shown }: ProveOptions): RecipeSource {
  return { file: shown, digest: digestJson(asJson(request)), fettle: packageVersion() };
}

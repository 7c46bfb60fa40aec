import type { z } from "zod";
import type { Failure } from "../../domain/failure.ts";
import type { StepKind } from "../../domain/plan.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { OperationContext, OperationResult } from "../operation.ts";
import { brokenContract, callWorker, type WorkerAnswer, type WorkerRequest, type WorkerSite } from "../worker-call.ts";

/** The site of a step's own worker: its workspace, its log, its limits. */
export function stepSite<K extends StepKind>(context: OperationContext<K>, workspace = context.workspace): WorkerSite {
  return {
    services: context.services,
    label: context.step.id,
    workspace,
    log: context.log,
    limits: context.step.limits,
    signal: context.signal,
    leases: context.leases,
    progress: bounded((text, fraction) => context.progress(text, fraction)),
  };
}

/** More than any bar needs: what a worker that floods says beyond it would only fill the files of events. */
const MOST_NOTICES = 10_000;
const LONGEST_NOTICE = 500;

function bounded(progress: WorkerSite["progress"]): WorkerSite["progress"] {
  let told = 0;
  return (text, fraction) => {
    told += 1;
    if (told <= MOST_NOTICES) progress(text.slice(0, LONGEST_NOTICE), fraction);
  };
}

/** Calls a step's worker and checks its facts against their schema. */
export async function callStepWorker<K extends StepKind, T>(
  context: OperationContext<K>,
  request: WorkerRequest,
  schema: z.ZodType<T>,
): Promise<Result<{ facts: T; answer: WorkerAnswer }, Failure>> {
  const answer = await callWorker(stepSite(context), request);
  if (!answer.ok) return answer;
  const facts = schema.safeParse(answer.value.facts);
  if (facts.success) return ok({ facts: facts.data, answer: answer.value });
  const issue = facts.error.issues[0];
  return err(brokenContract(request.worker, `its facts are wrong at ${issue?.path.join(".")}: ${issue?.message}`, context.log));
}

/** The result of a step whose worker answered. */
export function fromWorker(result: OperationResult["result"], answer: WorkerAnswer): OperationResult {
  const { seconds, peakMemoryBytes, isolation, image } = answer;
  return { result, workerSeconds: seconds, peakMemoryBytes, isolation, ...(image !== null && { image }) };
}

import type { DeviceId, Lease } from "../domain/devices.ts";
import type { Failure } from "../domain/failure.ts";
import { asJson, type Json } from "../domain/json.ts";
import type { Step, StepKind } from "../domain/plan.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { ActionRecord, Workspace } from "../domain/store.ts";
import { contentKey, type StepGift } from "../plan/content-key.ts";
import { leaseDevices, releaseAll } from "./lease-devices.ts";
import type { Operation, OperationContext, SkippedOutcome, StepOutcome } from "./operation.ts";
import type { Services } from "./services.ts";

export interface StepRun {
  readonly recipe: string;
  readonly step: Step;
  /** Outcomes by the name of the need. */
  readonly inputs: ReadonlyMap<string, StepOutcome>;
  readonly services: Services;
  readonly signal: AbortSignal;
  /** Kinds of steps to execute even where the store has their result. */
  readonly afresh: ReadonlySet<StepKind>;
}

/**
 * One step, from key to outcome:
 * key -> hit? apply : lock the key -> hit now? apply : lease the device -> workspace -> work -> save -> release.
 */
export async function runStep(run: StepRun): Promise<StepOutcome> {
  try {
    return await settleStep(run);
  } catch (error) {
    // Whatever is thrown is a bug, and must not take the other steps along.
    return fail(run, bug(error), 0);
  }
}

async function settleStep(run: StepRun): Promise<StepOutcome> {
  const { step, services, inputs } = run;
  const operation = services.operationFor(step.kind);
  const closed = operation.gate?.(inputs);
  if (closed) return skip(run, { why: "gate", because: closed, cause: step.id });
  if (!operation.kept) return decide(run, operation);
  const keyed = contentKey(step.definition, gifts(run));
  if (!keyed) return execute(run, operation, null);
  const isAfresh = run.afresh.has(step.kind);
  const hit = isAfresh ? null : await services.store.lookup(keyed.key);
  if (hit) return applyHit(run, operation, hit);
  const locked = await services.store.lock(keyed.key, {
    signal: run.signal,
    onWait: () => services.emit({ type: "step-waiting", step: step.id, for: "other-build" }),
  });
  if (!locked.ok) return fail(run, locked.error, 0);
  try {
    // Another build may have made it while this one waited.
    const made = isAfresh ? null : await services.store.lookup(keyed.key);
    return made ? await applyHit(run, operation, made) : await execute(run, operation, keyed);
  } finally {
    await locked.value.release();
  }
}

type Keyed = NonNullable<ReturnType<typeof contentKey>>;
// One operation serves one kind; here only their common shape matters.
type AnyOperation = Operation<StepKind>;

function gifts({ step, inputs }: StepRun): Record<string, StepGift> {
  const entries = Object.keys(step.definition.steps).map((name) => {
    const outcome = inputs.get(name);
    if (outcome?.state !== "done") throw new Error(`${step.id} was started before its input ${name} was done`);
    return [name, { tree: outcome.record?.tree.digest ?? null, result: outcome.result }] as const;
  });
  return Object.fromEntries(entries);
}

async function applyHit(run: StepRun, operation: AnyOperation, record: ActionRecord): Promise<StepOutcome> {
  const { step, services } = run;
  await rememberStep(run, record);
  services.emit({ type: "step-cached", step: step.id, summary: operation.summarise(record.result) });
  return { state: "done", cached: true, result: record.result, record };
}

async function execute(run: StepRun, operation: AnyOperation, keyed: Keyed | null): Promise<StepOutcome> {
  const { step, services, signal } = run;
  const onWait = (device: DeviceId) => services.emit({ type: "step-waiting", step: step.id, for: "device", device });
  const leased = await leaseDevices(services.devices, step.devices, { signal, onWait });
  if (!leased.ok) return fail(run, leased.error, 0);
  const startedAt = Date.now();
  try {
    const { store, emit } = run.services;
    const log = store.logPath(run.step.id);
    emit({ type: "step-started", step: run.step.id, log });
    const workspace = await store.workspace(run.step.id);
    if (!workspace.ok) return fail(run, workspace.error, 0);
    const executed = await work(run, operation, { keyed, workspace: workspace.value, leases: leased.value, log, startedAt });
    if (!executed.ok) return fail(run, executed.error, Date.now() - startedAt);
    return executed.value;
  } catch (error) {
    return fail(run, bug(error), Date.now() - startedAt);
  } finally {
    releaseAll(leased.value);
  }
}

/** A step whose result is not kept: no key, no workspace, no lease. */
async function decide(run: StepRun, operation: AnyOperation): Promise<StepOutcome> {
  const { step, services } = run;
  const startedAt = Date.now();
  const log = services.store.logPath(step.id);
  try {
    const decided = await operation.run(operationContext(run, { workspace: services.store.root, leases: [], log }));
    if (!decided.ok) return fail(run, decided.error, Date.now() - startedAt);
    const { result, unchanged, workerSeconds } = decided.value;
    const summary = operation.summarise(result);
    if (unchanged) services.emit({ type: "step-cached", step: step.id, summary });
    else services.emit({ type: "step-finished", step: step.id, seconds: seconds(startedAt), workerSeconds, summary });
    return { state: "done", cached: unchanged === true, result, record: null };
  } catch (error) {
    return fail(run, bug(error), Date.now() - startedAt);
  }
}

interface Execution {
  readonly keyed: Keyed | null;
  readonly workspace: Workspace;
  readonly leases: readonly Lease[];
  readonly log: string;
  readonly startedAt: number;
}

async function work(run: StepRun, operation: AnyOperation, execution: Execution): Promise<Result<StepOutcome, Failure>> {
  const { step, services } = run;
  const { workspace, log, startedAt, keyed } = execution;
  try {
    const worked = await operation.run(operationContext(run, { ...execution, workspace: workspace.path }));
    if (run.signal.aborted) return err({ reason: "interrupted", message: "The build was interrupted.", log });
    if (!worked.ok) return worked;
    const { result, workerSeconds, peakMemoryBytes, isolation, image } = worked.value;
    const statistics = {
      startedAt: new Date(startedAt).toISOString(),
      seconds: seconds(startedAt),
      workerSeconds,
      peakMemoryBytes,
      isolation,
      ...(image !== undefined && { image }),
      log,
    };
    const key = keyed?.key ?? step.key;
    const inputs = keyed?.inputs ?? asJson(step.definition);
    const made = { key, step: step.id, result, inputs, run: statistics };
    const record = await services.store.commit(workspace, made, { maxBytes: step.limits.outputBytes });
    if (!record.ok) return record;
    if (keyed) await rememberStep(run, record.value);
    services.emit({
      type: "step-finished",
      step: step.id,
      seconds: seconds(startedAt),
      workerSeconds,
      summary: operation.summarise(result),
    });
    return ok({ state: "done", cached: false, result, record: record.value });
  } finally {
    await workspace.discard();
  }
}

function seconds(since: number): number {
  return (Date.now() - since) / 1000;
}

async function rememberStep({ recipe, step, services }: StepRun, record: ActionRecord): Promise<void> {
  await services.store.remember(recipe, step.id, {
    definition: asJson(step.definition),
    contentKey: record.key,
    seconds: record.run.seconds,
  });
}

interface Place {
  readonly workspace: string;
  readonly leases: readonly Lease[];
  readonly log: string;
}

function operationContext(run: StepRun, { workspace, leases, log }: Place): OperationContext<StepKind> {
  const { step, inputs, services, signal } = run;
  const doneInput = (name: string) => {
    const outcome = inputs.get(name);
    if (outcome?.state !== "done") throw new Error(`${step.id} reads its input ${name}, which is not done`);
    return outcome;
  };
  return {
    step,
    inputs,
    workspace,
    services,
    signal,
    leases,
    log,
    result: (name): Json => doneInput(name).result,
    folder(name) {
      const { record } = doneInput(name);
      if (!record) throw new Error(`${step.id} reads the folder of ${name}, which left none`);
      return services.store.treePath(record.tree);
    },
    progress: (text, fraction) => services.emit({ type: "step-progress", step: step.id, text, fraction: fraction ?? null }),
  };
}

function fail({ step, services }: StepRun, failure: Failure, milliseconds: number): StepOutcome {
  services.emit({ type: "step-failed", step: step.id, seconds: milliseconds / 1000, failure });
  return { state: "failed", failure };
}

/** Ends a step without running it. */
export function skip({ step, services }: Pick<StepRun, "step" | "services">, skipped: Omit<SkippedOutcome, "state">): StepOutcome {
  services.emit({ type: "step-skipped", step: step.id, because: skipped.because });
  return { state: "skipped", ...skipped };
}

function bug(error: unknown): Failure {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { reason: "internal-error", message: `A bug in Fettle: ${message}`, hint: "Please report it with the recipe and this text." };
}

import { join } from "node:path";
import { HostDevices } from "../devices/host-devices.ts";
import { probeHost } from "../devices/probe-host.ts";
import type { CommandExit } from "../domain/command.ts";
import { emulationBy } from "../domain/emulation.ts";
import type { BuildEventBody } from "../domain/event.ts";
import type { Failure } from "../domain/failure.ts";
import type { Host } from "../domain/host.ts";
import { emulatorOf, wayToRun, whyNotThisHost } from "../domain/host-fit.ts";
import type { JsonObject } from "../domain/json.ts";
import { ok, type Result } from "../domain/result.ts";
import type { WorkerSpec } from "../domain/step-specs.ts";
import type { ExecutionQuery, RunSupport, Support } from "../domain/toolchain.ts";
import { chooseExecution } from "../engine/execution/choose-execution.ts";
import { executionPorts } from "../engine/execution/chosen-execution.ts";
import { emulatingWorker, toolchainWorker, workerSpec } from "../engine/identify-workers.ts";
import { openMeasured } from "../engine/open-measured.ts";
import { callWorker, type WorkerInput, type WorkerRequest } from "../engine/worker-call.ts";
import type { MeasuredProcess } from "../measure/rounds/measured-process.ts";
import { waitedForText } from "../report/waited-for.ts";
import { defaultStoreRoot, storeLayout } from "../store/layout.ts";
import { containerDirectory } from "../system/package-root.ts";
import { makeRunFolder, sweepRunFolders } from "../system/run-folder.ts";
import { type BenchPlace, openSite, type Visit } from "./bench-site.ts";
import { type Subject, subjectExecution } from "./subject.ts";

/** What a worker is asked. */
export interface Call extends Visit {
  readonly inputs?: Readonly<Record<string, WorkerInput>>;
  readonly options?: JsonObject;
  /** In place of the toolchain's own. */
  readonly worker?: WorkerSpec;
}

export interface Answer {
  readonly facts: JsonObject;
  /** What the worker left. Absolute. */
  readonly out: string;
}

/** A worker that waits to be told to run. `close` ends it and gives its devices back. */
export interface OpenWorker {
  readonly process: MeasuredProcess;
  close(): Promise<CommandExit>;
}

/** Where a toolchain is tried: a scratch folder, what workers run in, and their environments. */
export interface Bench {
  readonly subject: Subject;
  readonly query: ExecutionQuery;
  readonly folder: string;
  /** Whether its compiler can work on this machine: one that tunes on the target's device needs it here. */
  readonly compiling: Support;
  /** Whether and how what it compiles can be run on this machine. */
  readonly way: RunSupport;
  readonly worker: WorkerSpec;
  /** Calls the toolchain's own worker, with the devices that a build would lease for it. */
  call(call: Call): Promise<Result<Answer, Failure>>;
  /** Starts the toolchain's own worker with a verb that stays open. */
  open(call: Call): Promise<Result<OpenWorker, Failure>>;
  /** Calls one of Fettle's own workers: onnx, onnxruntime, scripts. */
  callService(name: string, call: Call): Promise<Result<Answer, Failure>>;
  close(): Promise<void>;
}

export interface BenchOptions {
  /** Ends everything that is under way. */
  readonly signal: AbortSignal;
  /** Hears what workers are run in, and how the making of their environments goes. */
  emit(event: BuildEventBody): void;
}

export async function openBench(subject: Subject, { signal, emit }: BenchOptions): Promise<Result<Bench, Failure>> {
  const { toolchain, target, precision } = subject;
  const worker = toolchainWorker(toolchain);
  const specs = [worker, ...SERVICES.map((name) => workerSpec(name, containerDirectory(name)))].map(({ environment }) => environment);
  const root = subject.home ?? defaultStoreRoot(process.env);
  const execution = subjectExecution(subject);
  const chosen = await chooseExecution(execution, specs, { env: process.env, root, signal, emit });
  if (!chosen.ok) return chosen;
  const { executor, environments, host } = executionPorts(chosen.value, subject.host ?? (await probeHost()));
  const { work } = storeLayout(root);
  await sweepRunFolders(work);
  const run = await makeRunFolder(work);
  if (!run.ok) {
    await executor.close();
    return run;
  }
  const folder = run.value.path;
  const query = { target, precision, options: toolchain.options.parse(subject.options ?? {}), threads: 1 };
  const way = wayToRun(host, toolchain, query);
  const place: BenchPlace = {
    folder,
    services: { executor, environments, host },
    devices: new HostDevices(),
    query,
    way,
    toolchain,
    signal,
    onWait: (device) =>
      emit({
        type: "note",
        step: toolchain.name,
        message: `waiting for ${waitedForText({ for: "device", device })}, which other work uses`,
      }),
  };
  return ok({
    ...{ subject, query, folder, way, worker, compiling: compilingHere(subject, query, host) },
    call: (call) => ask(place, call, request(place, call, worker)),
    open: (call) => open(place, call, request(place, call, worker)),
    callService: (name, call) => {
      const service = workerSpec(name, containerDirectory(name));
      return ask(place, call, { ...request(place, call, service), worker: service, target: null });
    },
    close: async () => {
      await executor.close();
      await run.value.remove();
    },
  });
}

const SERVICES = ["onnx", "onnxruntime", "scripts"];

function compilingHere({ toolchain, target }: Subject, query: ExecutionQuery, host: Host): Support {
  if (toolchain.compileNeedsDevice?.(query) !== true) return { yes: true };
  const why = whyNotThisHost(host, target);
  return why === null ? { yes: true } : { yes: false, why: `it compiles on the device itself, and ${why}` };
}

function request({ query, way, services, toolchain }: BenchPlace, call: Call, own: WorkerSpec): WorkerRequest {
  const { verb, inputs = {}, options = {}, worker } = call;
  const { target } = query;
  const emulation = verb === "infer" ? emulationBy(services.host, target, emulatorOf(way)) : null;
  const asked = { verb, inputs, options, target, threads: 1 };
  if (emulation === null) return { worker: worker ?? own, ...asked };
  return { worker: worker ?? emulatingWorker(toolchain, target.architecture), ...asked, emulation };
}

async function ask(place: BenchPlace, call: Call, asked: WorkerRequest): Promise<Result<Answer, Failure>> {
  const opened = await openSite(place, call);
  if (!opened.ok) return opened;
  const { site, release } = opened.value;
  try {
    const answer = await callWorker(site, asked);
    return answer.ok ? ok({ facts: answer.value.facts, out: join(site.workspace, "out") }) : answer;
  } finally {
    release();
  }
}

async function open(place: BenchPlace, call: Call, asked: WorkerRequest): Promise<Result<OpenWorker, Failure>> {
  const opened = await openSite(place, call);
  if (!opened.ok) return opened;
  const { site, release } = opened.value;
  const started = await openMeasured(site, place.toolchain.name, asked);
  if (!started.ok) {
    release();
    return started;
  }
  const { process, command } = started.value;
  return ok({ process, close: () => command.close().finally(release) });
}

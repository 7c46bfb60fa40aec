import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stepLimits } from "../cli/step-limits.ts";
import { probeHost } from "../devices/probe-host.ts";
import type { Limits } from "../domain/command.ts";
import { emulationBy } from "../domain/emulation.ts";
import type { Failure } from "../domain/failure.ts";
import { emulatorOf, wayToRun } from "../domain/host-fit.ts";
import type { JsonObject } from "../domain/json.ts";
import { ok, type Result } from "../domain/result.ts";
import type { WorkerSpec } from "../domain/step-specs.ts";
import type { ExecutionQuery, RunSupport } from "../domain/toolchain.ts";
import { emulatingWorker, toolchainWorker, workerSpec } from "../engine/identify-workers.ts";
import type { Ports } from "../engine/ports.ts";
import { callWorker, type WorkerInput, type WorkerRequest, type WorkerSite } from "../engine/worker-call.ts";
import { createEnvironments } from "../executors/environments/create-environments.ts";
import { createSandbox } from "../executors/sandbox/create-sandbox.ts";
import { defaultStoreRoot } from "../store/layout.ts";
import { containerDirectory } from "../system/package-root.ts";
import type { Subject } from "./subject.ts";

/** What a worker is asked. `at` is the folder of the workspace: named for what is tried. */
export interface Call {
  readonly at: string;
  readonly verb: string;
  readonly inputs?: Readonly<Record<string, WorkerInput>>;
  readonly options?: JsonObject;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  /** In place of the toolchain's own. */
  readonly worker?: WorkerSpec;
  /** Hears that the worker is at work. */
  onProgress?(): void;
}

export interface Answer {
  readonly facts: JsonObject;
  /** What the worker left. Absolute. */
  readonly out: string;
}

/** Where a toolchain is tried: a scratch folder, the sandbox, and workers' environments. */
export interface Bench {
  readonly subject: Subject;
  readonly query: ExecutionQuery;
  readonly folder: string;
  /** Whether and how what it compiles can be run on this machine. */
  readonly way: RunSupport;
  readonly worker: WorkerSpec;
  /** Where a worker's verb would run, with a workspace of its own. */
  site(call: Call): Promise<WorkerSite>;
  request(call: Call): WorkerRequest;
  /** Calls the toolchain's own worker. */
  call(call: Call): Promise<Result<Answer, Failure>>;
  /** Calls one of Fettle's workers: `onnx`, `scripts`, `onnxruntime`. */
  callService(name: string, call: Call): Promise<Result<Answer, Failure>>;
  close(): Promise<void>;
}

export async function openBench(subject: Subject): Promise<Result<Bench, Failure>> {
  const sandbox = await createSandbox();
  if (!sandbox.ok) return sandbox;
  const [host, folder] = await Promise.all([probeHost(), mkdtemp(join(tmpdir(), "fettle-conformance-"))]);
  const environments = createEnvironments({ root: subject.home ?? defaultStoreRoot(process.env), env: process.env });
  const { executor } = sandbox.value;
  const services: WorkerSite["services"] = { executor, environments, host } satisfies Pick<Ports, "executor" | "environments" | "host">;
  const { toolchain, target, precision } = subject;
  const query = { target, precision, options: toolchain.options.parse(subject.options ?? {}), threads: 1 };
  const worker = toolchainWorker(toolchain);
  const site = (call: Call) => makeSite({ folder, services }, call);
  const way = wayToRun(host, toolchain, query);
  const emulation = emulationBy(host, target, emulatorOf(way));
  const request = ({ verb, inputs = {}, options = {}, ...call }: Call): WorkerRequest => {
    if (verb !== "infer" || emulation === null) return { worker: call.worker ?? worker, verb, inputs, options, target, threads: 1 };
    const emulating = emulatingWorker(toolchain, target.architecture);
    return { worker: call.worker ?? emulating, verb, inputs, options, target, threads: 1, emulation };
  };
  const ask = async (call: Call, asked: WorkerRequest): Promise<Result<Answer, Failure>> => {
    const place = await site(call);
    const answer = await callWorker(place, asked);
    return answer.ok ? ok({ facts: answer.value.facts, out: join(place.workspace, "out") }) : answer;
  };
  return ok({
    ...{ subject, query, folder, way, worker, site, request },
    call: (call) => ask(call, request(call)),
    callService: (name, call) => ask(call, { ...request(call), worker: workerSpec(name, containerDirectory(name)), target: null }),
    close: async () => {
      await executor.close();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

async function makeSite({ folder, services }: { folder: string; services: WorkerSite["services"] }, call: Call): Promise<WorkerSite> {
  const workspace = join(folder, call.at);
  await mkdir(join(workspace, "out"), { recursive: true });
  const log = `${workspace}.log`;
  await writeFile(log, "");
  const signal = call.signal ?? new AbortController().signal;
  const limits = { ...stepLimits(), ...call.limits };
  return { services, label: `conformance ${call.at}`, workspace, log, limits, signal, leases: [], progress: () => call.onProgress?.() };
}

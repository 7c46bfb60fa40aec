import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { CommandExit, CommandSpec, Isolation, Limits, Mount } from "../domain/command.ts";
import type { Lease } from "../domain/devices.ts";
import type { Emulation } from "../domain/emulator.ts";
import type { ImageReference } from "../domain/environment.ts";
import { FAILURE_REASONS, type Failure, type FailureReason } from "../domain/failure.ts";
import { asJson, type Json, type JsonObject } from "../domain/json.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { WorkerSpec } from "../domain/step-specs.ts";
import type { Target } from "../domain/target.ts";
import { readPlainJson } from "../system/read-plain-file.ts";
import { protocolDirectory } from "../toolchains/worker-identity.ts";
import { deviceAccess } from "./device-access.ts";
import { explainExit } from "./explain-exit.ts";
import { whyNotAsPlanned, whyNotStillAsPlanned } from "./planned-worker.ts";
import type { Ports } from "./ports.ts";
import { type WorkerResult, workerResultSchema } from "./worker-schemas.ts";

/** An input as a worker sees it: a file or folder mounted read-only under `in/`. */
export interface WorkerInput {
  /** Absolute path to mount at `in/<name>`; null when the workspace already holds it. */
  readonly source: string | null;
  /** Path below `in/<name>` that the request names: a file of a mounted folder. */
  readonly member?: string;
}

export interface WorkerRequest {
  readonly worker: WorkerSpec;
  readonly verb: string;
  readonly inputs: Readonly<Record<string, WorkerInput>>;
  readonly options: JsonObject;
  readonly target: Target | null;
  readonly threads: number;
  /** The emulator to run the artifact by; absent or null: none. */
  readonly emulation?: Emulation | null;
}

/** Where and within what a worker runs. */
export interface WorkerSite {
  readonly services: Pick<Ports, "executor" | "environments" | "host">;
  readonly label: string;
  /** Absolute; `out/` exists in it. */
  readonly workspace: string;
  readonly log: string;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly leases: readonly Lease[];
  progress(text: string, fraction?: number | null): void;
}

export interface WorkerAnswer {
  readonly facts: JsonObject;
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  readonly isolation: Isolation;
  readonly image: ImageReference | null;
}

/** Runs a one-shot verb to its end and reads its result; every way it can go wrong becomes a classified failure. */
export async function callWorker(site: WorkerSite, request: WorkerRequest): Promise<Result<WorkerAnswer, Failure>> {
  const spec = await prepareCommand(site, request);
  if (!spec.ok) return spec;
  const { executor } = site.services;
  const ran = await executor.run(spec.value, {
    signal: site.signal,
    onMessage: (message) => reportProgress(site, message),
    inherit: site.leases.map(({ descriptor }) => descriptor),
  });
  if (!ran.ok) return ran;
  const facts = await readAnswer(site, ran.value);
  if (!facts.ok) return facts;
  const changed = await whyNotStillAsPlanned(request.worker, site.services.environments);
  if (changed !== null) return err(changed);
  const { seconds, peakMemoryBytes } = ran.value;
  return ok({ facts: facts.value, seconds, peakMemoryBytes, isolation: executor.isolation, image: spec.value.environment.image });
}

/** Writes the request and says how to start the worker; also for verbs that stay open. */
export async function prepareCommand(site: WorkerSite, request: WorkerRequest): Promise<Result<CommandSpec, Failure>> {
  const environment = await site.services.environments.ensure(request.worker.environment, { signal: site.signal });
  if (!environment.ok) return environment;
  const changed = await whyNotAsPlanned(request.worker, environment.value.digest);
  if (changed !== null) return err(changed);
  const access = deviceAccess({ host: site.services.host, leases: site.leases, target: request.target });
  await mkdir(join(site.workspace, "out"), { recursive: true });
  await writeFile(join(site.workspace, "request.json"), `${JSON.stringify(requestDocument(request), null, 2)}\n`);
  return ok({
    label: site.label,
    argv: ["python", "in/.worker/worker.py", "."],
    environment: environment.value,
    workspace: site.workspace,
    mounts: mounts(request),
    devices: access.grants,
    ...(request.emulation && { shown: request.emulation.shown }),
    variables: {
      ...access.variables,
      PYTHONPATH: ["in/.protocol", ...(request.worker.library === undefined ? [] : ["in/.library"])].join(":"),
    },
    limits: site.limits,
    log: site.log,
  });
}

function requestDocument({ verb, inputs, options, target, threads, emulation }: WorkerRequest): JsonObject {
  const paths = Object.entries(inputs).map(([name, input]) => [name, join("in", name, input.member ?? "")] as const);
  return {
    protocol: 1,
    verb,
    inputs: Object.fromEntries(paths),
    options,
    target: target && asJson(target),
    threads,
    ...emulator(emulation),
  };
}

function emulator(emulation: WorkerRequest["emulation"]): JsonObject {
  if (!emulation) return {};
  const { name, version, path, root, cpu, libc } = emulation;
  return { emulator: { name, version, path, root, cpu, libc } };
}

function mounts({ worker, inputs }: WorkerRequest): Mount[] {
  const named = Object.entries(inputs).flatMap(([name, { source }]) => (source === null ? [] : [{ source, at: `in/${name}` }]));
  const library = worker.library === undefined ? [] : [{ source: worker.library, at: "in/.library" }];
  return [{ source: worker.directory, at: "in/.worker" }, { source: protocolDirectory(), at: "in/.protocol" }, ...library, ...named];
}

/** Passes on a worker's `{"progress": ...}` line; other messages are not for people. */
export function reportProgress(site: WorkerSite, message: Json): void {
  if (typeof message !== "object" || message === null || !("progress" in message)) return;
  const { progress } = message;
  if (typeof progress !== "object" || progress === null || !("text" in progress) || typeof progress.text !== "string") return;
  site.progress(progress.text, typeof progress.fraction === "number" ? progress.fraction : null);
}

async function readAnswer(site: WorkerSite, exit: CommandExit): Promise<Result<JsonObject, Failure>> {
  const said = exit.stopped === null && exit.signal === null ? readResult(site.workspace) : null;
  if (said?.ok && exit.code === 0) return ok(said.facts);
  if (said && !said.ok && exit.code === 3) return err(toFailure(said.error, site.log));
  return err(await explainExit(exit, site));
}

/** What a worker wrote at its end; null when that is missing or not the protocol's: then the exit says what happened. */
export function readResult(workspace: string): WorkerResult | null {
  try {
    return workerResultSchema.safeParse(readPlainJson(join(workspace, "result.json"))).data ?? null;
  } catch {
    // Nested so deep that it cannot even be checked.
    return null;
  }
}

/** A failure that a worker understood and reported, also over the open channel of `measure`. */
export function toFailure(error: { code: string; message: string; details: JsonObject }, log: string): Failure {
  const reason = FAILURE_REASONS.find((each) => each === error.code) ?? "toolchain-error";
  const { node, operator } = error.details;
  return {
    reason: reason satisfies FailureReason,
    message: error.message,
    log,
    ...(typeof node === "string" && typeof operator === "string" && { node: { name: node, operator } }),
    ...(typeof error.details.keyLine === "string" && { keyLine: error.details.keyLine }),
    ...(typeof error.details.hint === "string" && { hint: error.details.hint }),
  };
}

/** The failure of a worker whose answer does not follow its contract. */
export function brokenContract(worker: WorkerSpec, what: string, log: string): Failure {
  return {
    reason: "garbage-output",
    message: `The ${basename(worker.directory)} worker ended without error, but ${what}.`,
    log,
  };
}

import { copyFile, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Limits } from "../domain/command.ts";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import type { ModelSummary } from "../model/model-summary.ts";
import type { ParserCapability } from "../report/capability-view.ts";
import type { OpenServices } from "./create-services.ts";
import { toolchainWorker } from "./identify-workers.ts";
import { brokenContract, callWorker } from "./worker-call.ts";

export interface CapabilityRequest {
  /** One whose worker has the verb `capability`. */
  readonly toolchain: Toolchain;
  /** Path of the ONNX file. */
  readonly model: string;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/**
 * What a toolchain's own parser says of an ONNX file as it lies there, without a recipe and without building anything. It runs in the
 * toolchain's environment, shut in as in a build. Failures: the file is no model, the environment cannot be made, the worker failed.
 */
export async function parserCapability(services: OpenServices, request: CapabilityRequest): Promise<Result<ParserCapability, Failure>> {
  // Reading ONNX costs more to load than all the rest of the program.
  const { readModel } = await import("../model/read-model.ts");
  const model = await readModel(request.model, request.model);
  if (!model.ok) return err({ reason: "invalid-model", message: model.error.map(({ message }) => message).join("; ") });
  const workspace = await services.store.workspace("capability");
  if (!workspace.ok) return workspace;
  try {
    return await ask(services, request, { model: model.value, workspace: workspace.value.path });
  } finally {
    await workspace.value.discard();
  }
}

const factsSchema = z.object({
  versions: z.record(z.string(), z.string()),
  supported: z.boolean(),
  nodes: z.int(),
  subgraphs: z.array(z.object({ supported: z.boolean(), nodes: z.array(z.int()) })),
  unsupported: z.array(
    z.object({
      index: z.int().nullable(),
      node: z.string().nullable(),
      operator: z.string().nullable(),
      code: z.string(),
      reason: z.string(),
    }),
  ),
  notes: z.array(z.string()),
});

async function ask(
  services: OpenServices,
  { toolchain, limits, signal }: CapabilityRequest,
  { model, workspace }: { model: ModelSummary; workspace: string },
): Promise<Result<ParserCapability, Failure>> {
  const worker = toolchainWorker(toolchain);
  const chosen = await services.choose([worker.environment], { signal });
  if (!chosen.ok) return chosen;
  const { executor, environments } = chosen.value;
  const log = services.store.logPath("capability");
  const site = {
    services: { executor, environments, host: services.host },
    label: "capability",
    workspace,
    log,
    limits,
    signal,
    leases: [],
  };
  try {
    await bringModel(model, join(workspace, "in/model"));
    const request = { worker, verb: "capability", inputs: { model: { source: null, member: basename(model.path) } }, options: {} };
    const answer = await callWorker({ ...site, progress: () => undefined }, { ...request, target: null, threads: 1 });
    if (!answer.ok) return answer;
    const facts = factsSchema.safeParse(answer.value.facts);
    if (!facts.success) return err(brokenContract(worker, `its facts are wrong at ${facts.error.issues[0]?.path.join(".")}`, log));
    const { versions, ...found } = facts.data;
    return ok({ toolchain: toolchain.name, title: toolchain.title, version: versions[toolchain.name] ?? null, ...found });
  } finally {
    await executor.close();
  }
}

/** A copy of the file and of its external data: a parser looks for the latter beside the former, and for nothing else there. */
async function bringModel({ path, externalData }: ModelSummary, folder: string): Promise<void> {
  const files = [{ from: path, to: basename(path) }, ...externalData.map(({ path: from, location: to }) => ({ from, to }))];
  for (const { from, to } of files) {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await copyFile(from, join(folder, to));
  }
}

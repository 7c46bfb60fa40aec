import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "../../domain/dataset.ts";
import { type Digest, digestBytes } from "../../domain/digest.ts";
import { asJson } from "../../domain/json.ts";
import { meetsProof } from "../../domain/proof.ts";
import type { CandidateReport } from "../../domain/report.ts";
import { rangedAxes } from "../../domain/sizes.ts";
import type { TreeFile } from "../../domain/store.ts";
import { digestFile } from "../../system/digest-file.ts";
import { readPlainJson } from "../../system/read-plain-file.ts";
import { datasetSchema } from "../dataset-files.ts";
import type { DoneOutcome, OperationContext } from "../operation.ts";
import { PROOF_FOLDER, PROOF_SCHEMA, type ProofRequest } from "./proof-schema.ts";

/** A file to copy into the artifact's folder. */
interface CarriedCopy {
  readonly source: string;
  readonly at: string;
  readonly size: number;
  readonly digest: Digest;
}

export interface CarriedProof {
  readonly copies: readonly CarriedCopy[];
  /** Name -> text of files made here. */
  readonly texts: Readonly<Record<string, string>>;
  /** What the user should know of it. */
  readonly note: string | null;
}

const NOTHING: CarriedProof = { copies: [], texts: {}, note: null };

/**
 * What an artifact carries along to be proven where its hardware is: for those that were not run on it here. Nothing where it would
 * be larger than the plan allows; then a note says so.
 */
export async function carryProof(context: OperationContext<"publish">, winner: CandidateReport): Promise<CarriedProof> {
  if (winner.proof !== null && meetsProof(winner.proof, "validated")) return NOTHING;
  const { proof } = context.step.spec;
  const data = validationOnly(context);
  const copies = [
    ...data.copies,
    ...copiesOf(context, "model", "model", () => true),
    ...copiesOf(context, "prepared", "prepared", (path) => path === "metadata.json" || path === "signature.json"),
    ...copiesOf(context, "reference", "", (path) => path.startsWith("reference/")),
    ...(await metricCopies(context)),
  ];
  const bytes = copies.reduce((sum, { size }) => sum + size, 0);
  if (bytes > proof.limitBytes) return { ...NOTHING, note: tooLarge(bytes, proof.limitBytes) };
  const request = `${JSON.stringify(requestOf(context, winner), null, 2)}\n`;
  return { copies, texts: { [`${PROOF_FOLDER}/request.json`]: request, [`${PROOF_FOLDER}/data/dataset.json`]: data.text }, note: null };
}

function tooLarge(bytes: number, limit: number): string {
  const [needs, may] = [bytes, limit].map((each) => (each / 1e6).toFixed(1));
  return `The artifact carries nothing to be proven with elsewhere: that would take ${needs} MB, and it may take ${may} MB (--proof-size).`;
}

function done(context: OperationContext<"publish">, name: string): DoneOutcome {
  const outcome = context.inputs.get(name);
  if (outcome?.state !== "done") throw new Error(`publish reads ${name}, which is not done`);
  return outcome;
}

function copiesOf(context: OperationContext<"publish">, name: string, folder: string, isWanted: (path: string) => boolean): CarriedCopy[] {
  const { record } = done(context, name);
  if (record === null) throw new Error(`publish reads the folder of ${name}, which left none`);
  const root = context.folder(name);
  return record.tree.files.filter(({ path }) => isWanted(path)).map((file) => carried(root, file, folder));
}

function carried(root: string, { path, size, digest }: TreeFile, folder: string): CarriedCopy {
  return { source: join(root, path), at: join(PROOF_FOLDER, folder, path), size, digest };
}

/** The data set without its calibration samples, which nothing is proven with. */
function validationOnly(context: OperationContext<"publish">): { readonly copies: CarriedCopy[]; readonly text: string } {
  const dataset = datasetSchema.parse(readPlainJson(join(context.folder("data"), "dataset.json")));
  const { validation } = dataset.splits;
  const wanted = new Set(validation.shards.flatMap(({ inputs, labels }) => [...Object.values(inputs), ...Object.values(labels)]));
  const kept: Dataset = { ...dataset, splits: { calibration: { samples: 0, shards: [] }, validation } };
  return { copies: copiesOf(context, "data", "data", (path) => wanted.has(path)), text: `${JSON.stringify(kept, null, 1)}\n` };
}

async function metricCopies({ step }: OperationContext<"publish">): Promise<CarriedCopy[]> {
  const { metric } = step.spec.proof;
  if (metric === null) return [];
  const files = metric.script.files.map(({ path, at, digest }) => ({ source: path, at: join(PROOF_FOLDER, "metric", at), digest }));
  const own = metric.requirements;
  const lock = own === null ? [] : [{ source: own, at: join(PROOF_FOLDER, "metric-requirements.lock"), digest: await digestFile(own) }];
  return Promise.all([...files, ...lock].map(async (file) => ({ ...file, size: (await stat(file.source)).size })));
}

function requestOf(context: OperationContext<"publish">, winner: CandidateReport): ProofRequest {
  const { proof, target, candidates } = context.step.spec;
  const planned = candidates[winner.id];
  if (planned === undefined) throw new Error(`the winner ${winner.id} is not in the plan`);
  const { metric } = proof;
  const result = (name: string) => mutable(done(context, name).result);
  return {
    schema: PROOF_SCHEMA,
    target: mutable(target) as ProofRequest["target"],
    require: proof.require,
    candidate: { toolchain: planned.toolchain, precision: planned.precision, options: mutable(planned.options) },
    accept: {
      outputs: proof.outputs,
      metric: metric && { script: metric.script.script, keep: metric.keep, hasRequirements: metric.requirements !== null },
      latency: proof.latency,
    },
    measure: { ...proof.measure },
    bind: { ...proof.bind },
    ...(rangedAxes(proof.shapes).length > 0 && { shapes: mutable(proof.shapes) as NonNullable<ProofRequest["shapes"]> }),
    results: {
      model: result("model"),
      prepared: result("prepared"),
      data: result("data"),
      reference: result("reference"),
      compile: result(winner.id),
    },
  };
}

// zod infers mutable types; the values are never changed.
function mutable(value: unknown): ProofRequest["results"]["model"] {
  return asJson(value as object) as ProofRequest["results"]["model"];
}

/** The carried files as a manifest lists them. */
export function carriedFiles({ copies, texts }: CarriedProof): TreeFile[] {
  const made = Object.entries(texts).map(([path, text]) => ({ path, digest: digestBytes(text), size: Buffer.byteLength(text) }));
  return [...copies.map(({ at, digest, size }) => ({ path: at, digest, size })), ...made].map((file) => ({ ...file, executable: false }));
}

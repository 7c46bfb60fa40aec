import { constants } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestJson } from "../../domain/digest.ts";
import type { Failure } from "../../domain/failure.ts";
import type { Json } from "../../domain/json.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { ActionRecord, ArtifactStore } from "../../domain/store.ts";
import type { Manifest } from "../publish/manifest.ts";
import { notProvable, type OpenProof } from "./open-proof.ts";
import { PROOF_FOLDER } from "./proof-schema.ts";

/** What the steps before a proof gave, as records of this machine's store. */
export type Adopted = Readonly<Record<"compile" | "model" | "prepared" | "data" | "reference", ActionRecord>>;

/** Takes an artifact and what it carries into the store, as if the steps had run here; each file is held against the manifest once more. */
export async function adoptProof(store: ArtifactStore, proof: OpenProof): Promise<Result<Adopted, Failure>> {
  const { manifest, request } = proof;
  const own = manifest.files.filter(({ path }) => path !== "load.py" && !path.startsWith(`${PROOF_FOLDER}/`));
  const parts: Record<keyof Adopted, readonly Part[]> = {
    compile: own.map((file) => ({ file, at: file.path })),
    model: partsOf(manifest, "model"),
    prepared: partsOf(manifest, "prepared"),
    data: partsOf(manifest, "data"),
    reference: partsOf(manifest, "reference").map(({ file, at }) => ({ file, at: join("reference", at) })),
  };
  const records: Partial<Record<keyof Adopted, ActionRecord>> = {};
  for (const name of Object.keys(parts) as (keyof Adopted)[]) {
    const record = await adopt(store, { ...proof, name, parts: parts[name], result: request.results[name] });
    if (!record.ok) return record;
    records[name] = record.value;
  }
  return ok(records as Adopted);
}

interface Part {
  readonly file: Manifest["files"][number];
  /** Where it lies in the step's own folder. */
  readonly at: string;
}

function partsOf({ files }: Manifest, folder: string): Part[] {
  const prefix = `${PROOF_FOLDER}/${folder}/`;
  return files.filter(({ path }) => path.startsWith(prefix)).map((file) => ({ file, at: file.path.slice(prefix.length) }));
}

interface Adoption {
  readonly directory: string;
  readonly name: string;
  readonly parts: readonly Part[];
  readonly result: Json;
}

async function adopt(store: ArtifactStore, { directory, name, parts, result }: Adoption): Promise<Result<ActionRecord, Failure>> {
  const files = Object.fromEntries(parts.map(({ file, at }) => [at, file.digest]));
  const key = digestJson({ format: "fettle.adopted/1", name, files, result });
  const there = await store.lookup(key);
  if (there !== null) return ok(there);
  const workspace = await store.workspace(`adopt ${name}`);
  if (!workspace.ok) return workspace;
  try {
    for (const { file, at } of parts) {
      const to = join(workspace.value.path, "out", at);
      await mkdir(dirname(to), { recursive: true });
      await copyFile(join(directory, file.path), to, constants.COPYFILE_FICLONE);
    }
    const run = { startedAt: new Date().toISOString(), seconds: 0, workerSeconds: 0, peakMemoryBytes: 0, isolation: null, log: null };
    const record = await store.commit(workspace.value, { key, step: `adopt ${name}`, result, inputs: { name, files }, run });
    if (!record.ok) return record;
    const changed = record.value.tree.files.find(({ path, digest }) => files[path] !== digest);
    return changed === undefined ? record : err(notProvable(`${changed.path} of ${directory} changed while it was read.`));
  } finally {
    await workspace.value.discard();
  }
}

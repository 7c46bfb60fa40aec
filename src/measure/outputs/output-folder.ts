import { isAbsolute, join, normalize, sep } from "node:path";
import { z } from "zod";
import type { OutputSet } from "../../domain/dataset.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { readPlainFile } from "../../system/read-plain-file.ts";

/** A folder with `outputs.json`, whose file names are known to stay inside it. */
export interface OutputFolder {
  readonly path: string;
  readonly set: OutputSet;
}

const schema = z.object({
  format: z.literal("fettle.outputs/1"),
  samples: z.int().nonnegative(),
  outputs: z.array(z.string()),
  shards: z.array(z.object({ samples: z.int().nonnegative(), files: z.record(z.string(), z.string()) })),
});

/**
 * Reads a folder of outputs. Only the document is read: the tensors are opened when they are compared.
 *
 * @returns an error sentence about the document, without the folder's path.
 */
export function readOutputFolder(path: string): Result<OutputFolder, string> {
  const text = readPlainFile(join(path, "outputs.json"));
  if (!text.ok) return err(`outputs.json cannot be read (${text.error})`);
  const set = parseOutputSet(text.value);
  return set.ok ? ok({ path, set: set.value }) : set;
}

/** Absolute path of an output's file in a shard; null when the shard does not name one. */
export function outputFile(folder: OutputFolder, shard: number, output: string): string | null {
  const file = folder.set.shards[shard]?.files[output];
  return file === undefined ? null : join(folder.path, file);
}

function parseOutputSet(text: string): Result<OutputSet, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err("outputs.json is not JSON");
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return err(`outputs.json does not follow the protocol: ${issue?.path.join(".") || "document"}: ${issue?.message}`);
  }
  const set = parsed.data;
  const escaping = set.shards.flatMap((shard) => Object.values(shard.files)).find(escapes);
  if (escaping !== undefined) return err(`outputs.json names a file outside its folder: ${escaping}`);
  const held = set.shards.reduce((sum, shard) => sum + shard.samples, 0);
  if (held !== set.samples) return err(`outputs.json says ${set.samples} samples, and its shards hold ${held}`);
  if (new Set(set.outputs).size !== set.outputs.length) return err("outputs.json names an output twice");
  return ok(set);
}

function escapes(file: string): boolean {
  return isAbsolute(file) || normalize(file).split(sep).includes("..");
}

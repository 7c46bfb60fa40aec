import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ISOLATIONS } from "../domain/command.ts";
import { type Digest, digestJson, isDigest } from "../domain/digest.ts";
import type { Json } from "../domain/json.ts";
import type { ActionRecord } from "../domain/store.ts";
import { errorCode } from "../system/error-code.ts";
import { parseJsonOrNull } from "../system/parse-json.ts";
import { actionPath, type StoreLayout } from "./layout.ts";
import { treeOf } from "./tree-digest.ts";
import { writeDurably } from "./write-durably.ts";

const digest = z.custom<Digest>((value) => typeof value === "string" && isDigest(value));
const json: z.ZodType<Json> = z.json();

const recordSchema = z.object({
  key: digest,
  step: z.string(),
  tree: z.object({
    digest,
    files: z.array(z.object({ path: z.string(), digest, size: z.number(), executable: z.boolean() })),
  }),
  result: json,
  inputs: z.record(z.string(), json),
  run: z.object({
    startedAt: z.string(),
    seconds: z.number(),
    workerSeconds: z.number(),
    peakMemoryBytes: z.number(),
    isolation: z.enum(ISOLATIONS).nullable(),
    image: z.object({ id: z.string(), pinned: z.string().nullable() }).exactOptional(),
    log: z.string().nullable(),
  }),
});

const fileSchema = z.object({ format: z.literal("fettle.action/1"), checksum: digest, record: z.unknown() });

export type ReadRecord =
  | { readonly state: "found"; readonly record: ActionRecord }
  | { readonly state: "absent" }
  | { readonly state: "damaged"; readonly problem: string };

/** Reads the record under a key; a record that is not byte for byte what was written is damage, never a guess. */
export async function readRecord(layout: StoreLayout, key: Digest): Promise<ReadRecord> {
  let text: string;
  try {
    text = await readFile(actionPath(layout, key), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return { state: "absent" };
    return { state: "damaged", problem: `cannot be read (${errorCode(error) ?? String(error)})` };
  }
  return parseRecord(text, key);
}

function parseRecord(text: string, key: Digest): ReadRecord {
  const file = fileSchema.safeParse(parseJsonOrNull(text));
  if (!file.success) return { state: "damaged", problem: "is not a record" };
  const record = recordSchema.safeParse(file.data.record);
  if (!record.success) return { state: "damaged", problem: "is not a record" };
  if (digestJson(record.data) !== file.data.checksum) return { state: "damaged", problem: "does not match its checksum" };
  if (record.data.key !== key) return { state: "damaged", problem: "belongs to another key" };
  if (treeOf(record.data.tree.files).digest !== record.data.tree.digest)
    return { state: "damaged", problem: "lists files that are not its tree" };
  return { state: "found", record: record.data };
}

export async function writeRecord(layout: StoreLayout, record: ActionRecord, scratch: string): Promise<void> {
  const plain = recordSchema.parse(JSON.parse(JSON.stringify(record)));
  const file = { format: "fettle.action/1", checksum: digestJson(plain), record: plain };
  await writeDurably(actionPath(layout, record.key), JSON.stringify(file), scratch);
}

import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ENGINE_NAMES, type EngineName } from "../../domain/command.ts";
import type { Digest } from "../../domain/digest.ts";
import { digestHex, isDigest } from "../../domain/digest.ts";
import { parseJsonOrNull } from "../../system/parse-json.ts";

const recordSchema = z.object({
  engine: z.enum(ENGINE_NAMES),
  name: z.string(),
  identity: z.custom<Digest>((value) => typeof value === "string" && isDigest(value)),
  id: z.string(),
  pinned: z.string().nullable(),
});

/** What is known of an image without asking its engine. It may have been removed since: a hint, never a proof. */
export type ImageRecord = z.infer<typeof recordSchema>;

/** Remembers an image that is in an engine's storage. A store that cannot be written remembers nothing. */
export async function recordImage(root: string, record: ImageRecord): Promise<void> {
  const folder = join(root, "images");
  const path = join(folder, `${record.engine}-${digestHex(record.identity)}.json`);
  const aside = `${path}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(aside, `${JSON.stringify(record)}\n`);
    await rename(aside, path);
  } catch {
    // See above.
  }
}

/** Where a registry has the very image of this id; null where that is not known. */
export async function pinnedReference(
  root: string,
  { engine, identity, id }: Pick<ImageRecord, "engine" | "identity" | "id">,
): Promise<string | null> {
  const record = (await rememberedImages(root, engine)).get(identity);
  return record?.id === id ? record.pinned : null;
}

/** Images of an engine that are remembered, by identity. */
export async function rememberedImages(root: string, engine: EngineName): Promise<ReadonlyMap<Digest, ImageRecord>> {
  const found = new Map<Digest, ImageRecord>();
  const names = await readdir(join(root, "images")).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(`${engine}-`) && each.endsWith(".json"))) {
    const text = await readFile(join(root, "images", name), "utf8").catch(() => "null");
    const record = recordSchema.safeParse(parseJsonOrNull(text));
    if (record.success) found.set(record.data.identity, record.data);
  }
  return found;
}

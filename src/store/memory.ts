import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type Digest, isDigest } from "../domain/digest.ts";
import { canonicalJson, type Json } from "../domain/json.ts";
import type { Remembered } from "../domain/store.ts";
import { memoryPath, type StoreLayout } from "./layout.ts";
import { writeDurably } from "./write-durably.ts";

const json: z.ZodType<Json> = z.json();
const rememberedSchema = z.object({
  definition: z.record(z.string(), json),
  contentKey: z.custom<Digest>((value) => typeof value === "string" && isDigest(value)),
  seconds: z.number(),
});

export interface MemoryPlace {
  readonly layout: StoreLayout;
  readonly recipe: string;
  readonly step: string;
}

/** What was remembered of a step, or null. It only explains and estimates, so damage counts as nothing remembered. */
export async function readMemory({ layout, recipe, step }: MemoryPlace): Promise<Remembered | null> {
  try {
    const text = await readFile(memoryPath(layout, recipe, step), "utf8");
    return rememberedSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Writes a memory unless it is already there. `scratch` is asked for only when something has to be written. */
export async function writeMemory(place: MemoryPlace, memory: Remembered, scratch: () => Promise<string | null>): Promise<void> {
  const text = canonicalJson({ ...memory });
  const before = await readMemory(place);
  if (before !== null && canonicalJson({ ...before }) === text) return;
  const aside = await scratch();
  // A store that cannot be written just remembers less.
  if (aside !== null) await writeDurably(memoryPath(place.layout, place.recipe, place.step), text, aside).catch(() => {});
}

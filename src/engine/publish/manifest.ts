import { isAbsolute, normalize } from "node:path";
import { z } from "zod";
import { ACCELERATOR_KINDS } from "../../domain/accelerator.ts";
import { ISOLATIONS } from "../../domain/command.ts";
import { PRECISIONS } from "../../domain/precision.ts";
import { PROOF_LEVELS } from "../../domain/proof.ts";

export const MANIFEST_SCHEMA = "fettle.manifest/1";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const plain = z.record(z.string(), z.json());
const inside = z.string().refine((path) => !isAbsolute(path) && !normalize(path).startsWith(".."), "leads out of the artifact's folder");
const file = z.strictObject({ path: inside, size: z.int().min(0), digest });

const cpuTarget = z.strictObject({
  device: z.literal("cpu").default("cpu"),
  name: z.string(),
  architecture: z.string(),
  cpu: z.string(),
  features: z.array(z.string()),
});

const acceleratorTarget = z.strictObject({
  device: z.enum(ACCELERATOR_KINDS),
  name: z.string(),
  vendor: z.string(),
  architecture: z.string(),
  host: z.string().describe("Architecture of the CPU that loads it."),
  facts: plain.describe("What else the target file says of the device."),
});

/**
 * `manifest.json` of a published artifact: what it is, what it was made from and with, and how far it is proven. It holds no
 * times and no paths of the machine that made it, so that the same build gives the same manifest.
 */
export const manifestSchema = z
  .strictObject({
    schema: z.literal(MANIFEST_SCHEMA),
    fettle: z.string().describe("Version of Fettle that published it."),
    recipe: z.string(),
    target: z.union([cpuTarget, acceleratorTarget]),
    candidate: z.string(),
    toolchain: z.strictObject({ name: z.string(), version: z.string() }),
    precision: z.enum(PRECISIONS).describe("The precision that was asked for."),
    proof: z.enum(PROOF_LEVELS),
    files: z.array(file).describe("Every file of this folder but this one. The first is the one to load."),
    signature: z.strictObject({ inputs: z.array(z.json()), outputs: z.array(z.json()) }),
    requires: z.strictObject({
      architecture: z.enum(["x86-64", "aarch64", "any"]),
      cpuFeatures: z.array(z.string()).describe("As /proc/cpuinfo names them."),
      packages: z.record(z.string(), z.string()).describe("Runtime packages and their versions."),
      device: z
        .strictObject({
          device: z.enum(ACCELERATOR_KINDS),
          vendor: z.string(),
          architectures: z.array(z.string()).describe("Those that can load it; empty: any of the vendor's."),
          driver: z.string().nullable().describe("Oldest driver that can load it."),
        })
        .nullable()
        .default(null)
        .describe("The accelerator it needs; null for what runs on the CPU."),
    }),
    model: z.strictObject({ sha256: z.string(), source: plain, externalData: z.array(z.json()) }),
    data: z.strictObject({ digest, validation: z.int(), calibration: z.int() }),
    judgedBy: digest.exactOptional().describe("Over what the recipe accepts and how it measures: what `proof` and `proven` stand for."),
    made: z.strictObject({
      compile: digest.describe("Key of the compile step: every input that decided these bytes."),
      environment: digest.nullable(),
      worker: digest.nullable(),
      isolation: z.enum(ISOLATIONS).nullable().describe("What shut the compiler in."),
      image: z
        .strictObject({ id: z.string(), pinned: z.string().nullable().describe("Where a registry has it, by digest.") })
        .nullable()
        .describe("The image the compiler ran in, by the engine's id; null for an environment without image."),
      versions: z.record(z.string(), z.string()),
      facts: plain,
      declared: z.json().default(null).describe("Precisions the network declares and estimates; nothing in it was executed."),
      notes: z.array(z.string()),
    }),
    proven: z.strictObject({
      host: plain.describe("The machine it was run and measured on; features are those the proof rests on."),
      executed: z.json().describe("What the runtime says it executed."),
      agreement: z.json(),
      speed: z.json(),
    }),
  })
  .meta({ id: "fettle.manifest", title: "Manifest of an artifact published by Fettle" });

export type Manifest = z.infer<typeof manifestSchema>;

/** JSON Schema of `manifest.json`, draft-07 as editors read it. */
export function manifestJsonSchema(): object {
  return z.toJSONSchema(manifestSchema, { target: "draft-7" });
}

import { z } from "zod";
import { parseJsonOrNull } from "../../system/parse-json.ts";
import { type Engine, runEngine } from "../container/engine.ts";

/** What an engine tells of an image in its storage, the same for both engines. */
export interface InspectedImage {
  /** `sha256:...` of its configuration. */
  readonly id: string;
  readonly tags: readonly string[];
  /** `name@sha256:...` it goes by. Podman makes such names up for local images. */
  readonly digests: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** What it sets for whatever runs in it: `NAME=value`. */
  readonly variables: readonly string[];
  /** Digests of its layers, unpacked: the same in every engine and registry. */
  readonly layers: readonly string[];
  /** Bytes of its layers, unpacked. */
  readonly size: number;
  /** ISO time. */
  readonly created: string;
}

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

const inspectedSchema = z.array(
  z.object({
    Id: z.string(),
    RepoTags: texts,
    RepoDigests: texts,
    Created: z.string().catch(""),
    Size: z.number().catch(0),
    RootFS: z.object({ Layers: texts }).nullish(),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish(), Env: texts }).nullish(),
  }),
);

/** The images of these names that are there, and what the client printed. A name that is not there is left out. */
export async function inspectImages(
  engine: Engine,
  references: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly images: readonly InspectedImage[]; readonly output: string }> {
  const images: InspectedImage[] = [];
  let output = "";
  for (let at = 0; at < references.length; at += AT_ONCE) {
    const end = await runEngine(engine, ["image", "inspect", ...references.slice(at, at + AT_ONCE)], { signal });
    images.push(...(inspectedSchema.safeParse(parseJsonOrNull(end.stdout)).data ?? []).map(inspected));
    output = end.output;
  }
  return { images, output };
}

/** Podman says some 8 kB of an image, with its whole history; only so much of what a program prints is kept. */
const AT_ONCE = 8;

/** Every image in an engine's storage that Fettle built, those without a name any more among them. */
export async function inspectOwnImages(engine: Engine, label: string, signal: AbortSignal): Promise<readonly InspectedImage[]> {
  const listed = await runEngine(engine, ["images", "--quiet", "--no-trunc", "--filter", `label=${label}`], { signal });
  const ids = [...new Set(listed.stdout.split("\n").filter(Boolean).map(withAlgorithm))];
  return (await inspectImages(engine, ids, signal)).images;
}

// Podman leaves the algorithm out of ids.
function withAlgorithm(id: string): string {
  return id.startsWith("sha256:") ? id : `sha256:${id}`;
}

function inspected({ Id, RepoTags, RepoDigests, Created, Size, RootFS, Config }: z.output<typeof inspectedSchema>[number]): InspectedImage {
  return {
    id: withAlgorithm(Id),
    tags: RepoTags,
    digests: RepoDigests,
    labels: Config?.Labels ?? {},
    variables: Config?.Env ?? [],
    layers: RootFS?.Layers ?? [],
    size: Size,
    created: Created,
  };
}

import { type Digest, digestJson, isDigest } from "../../domain/digest.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { Engine } from "../container/engine.ts";
import { engineFailure } from "../container/engine-failure.ts";
import { isPinned, LABELS } from "./image-layout.ts";
import { type InspectedImage, inspectImages, inspectOwnImages } from "./inspect-image.ts";

/** What images are built from. */
export interface BaseImage {
  readonly reference: string;
  /** What stands for its contents: a registry's digest, or one over the layers of an image that has none. */
  readonly digest: string;
}

/**
 * Names the contents of a base image. One by digest needs no look. Any other must be in the engine's storage, or one of the images built
 * from it: a machine that only has what was loaded or pulled knows the base by them.
 */
export async function identifyBase(reference: string, engine: Engine, signal: AbortSignal): Promise<Result<BaseImage, Failure>> {
  if (isPinned(reference)) return ok({ reference, digest: reference.slice(reference.indexOf("@") + 1) });
  const { images, output } = await inspectImages(engine, [reference], signal);
  const [image] = images;
  if (image !== undefined) return ok({ reference, digest: contentsOf(image) });
  const remembered = await rememberedBase(reference, engine, signal);
  return remembered === null ? err(noBase(reference, engine, output)) : ok(remembered);
}

/** The base that an image says it was built from (its label), if it goes by this reference. */
export function claimedBase(reference: string, claim: string | undefined): { readonly ok: true; readonly value: BaseImage } | null {
  const digest = claim?.startsWith(`${reference}@`) === true ? claim.slice(reference.length + 1) : "";
  return isDigest(digest) ? ok({ reference, digest }) : null;
}

/** A base with its digest, for people, labels and locks: `localhost/fettle-base:1@sha256:...`. */
export function baseText({ reference, digest }: BaseImage): string {
  return isPinned(reference) ? reference : `${reference}@${digest}`;
}

// Layers have the same digests wherever an image went, its id has not. The engines disagree on the PATH of an image that sets none.
function contentsOf({ layers, variables }: InspectedImage): Digest {
  return digestJson({ layers: [...layers], variables: variables.filter((text) => !text.startsWith("PATH=")).sort() });
}

async function rememberedBase(reference: string, engine: Engine, signal: AbortSignal): Promise<BaseImage | null> {
  const own = await inspectOwnImages(engine, LABELS.base, signal);
  const newestFirst = own.toSorted((a, b) => b.created.localeCompare(a.created));
  const claims = newestFirst.map(({ labels }) => claimedBase(reference, labels[LABELS.base])).filter((claim) => claim !== null);
  return claims[0]?.value ?? null;
}

function noBase(reference: string, engine: Engine, output: string): Failure {
  const failure = engineFailure(engine.name, { output, missing: false });
  if (!/no such image|image not known/i.test(output)) return failure;
  return {
    reason: "environment-unavailable",
    message: `The base image ${reference} is not in ${engine.name}'s storage, and a name without digest is not pulled.`,
    hint: "Make it with `containers/images/make-base.sh`, or name a base by digest in FETTLE_BASE_IMAGE or as `containers.base` in fettle.yaml.",
  };
}

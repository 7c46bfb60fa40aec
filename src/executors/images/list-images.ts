import type { Digest } from "../../domain/digest.ts";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import { imageTag, LABELS } from "./image-layout.ts";
import { pinnedReference } from "./image-records.ts";
import type { ImageSite } from "./image-site.ts";
import { type InspectedImage, inspectImages, inspectOwnImages } from "./inspect-image.ts";

/**
 * - `made`: it is there, and is what would be built now.
 * - `missing`: it would have to be built or brought in.
 * - `stale`: built from files or a base that have changed since; nothing uses it.
 * - `other`: of an environment that is no toolchain's: a recipe's own requirements, or a plug-in's that is gone.
 * - `unavailable`: what it is built from cannot be named.
 */
export type ImageState = "made" | "missing" | "stale" | "other" | "unavailable";

export interface ImageListing {
  readonly name: string;
  readonly state: ImageState;
  /** Null where it cannot be named. */
  readonly identity: string | null;
  readonly id: string | null;
  /** The registry's image that this very one is. */
  readonly pinned: string | null;
  /** Bytes of its layers, unpacked, those of its base included. */
  readonly size: number | null;
  /** What it is built from, or its maker's image. */
  readonly base: string | null;
  /** Why it is unavailable. */
  readonly why: string | null;
}

/** The images of environments, and what else Fettle has built in this engine. */
export async function listImages(site: ImageSite, specs: readonly EnvironmentSpec[]): Promise<readonly ImageListing[]> {
  const current = await Promise.all(specs.map((spec) => listOne(site, spec)));
  const known = new Set(current.map(({ id }) => id));
  const own = await inspectOwnImages(site.engine, LABELS.identity, site.signal);
  const names = new Set(specs.map(({ name }) => name));
  const rest = own.filter(({ id }) => !known.has(id)).map((image) => leftover(image, names));
  return [...current, ...rest.toSorted((a, b) => a.name.localeCompare(b.name))];
}

async function listOne(site: ImageSite, spec: EnvironmentSpec): Promise<ImageListing> {
  const { environments, engine, root, signal } = site;
  const nothing = { name: spec.name, id: null, pinned: null, size: null, base: null, why: null };
  const identity = await environments.identify(spec);
  if (!identity.ok) return { ...nothing, state: "unavailable", identity: null, why: identity.error.message };
  const { digest } = identity.value;
  const maker = environments.makerImage(spec);
  const [image] = (await inspectImages(engine, [maker?.reference ?? imageTag(spec.name, digest)], signal)).images;
  if (image === undefined || (maker === null && image.labels[LABELS.identity] !== digest)) {
    return { ...nothing, state: "missing", identity: digest, base: maker?.reference ?? null };
  }
  const pinned = maker?.reference ?? (await pinnedReference(root, { engine: engine.name, identity: digest, id: image.id }));
  const base = maker?.reference ?? image.labels[LABELS.base] ?? null;
  return { ...nothing, state: "made", identity: digest satisfies Digest, id: image.id, pinned, size: image.size, base };
}

function leftover({ id, labels, size }: InspectedImage, names: ReadonlySet<string>): ImageListing {
  const name = labels[LABELS.name] ?? "unnamed";
  return {
    ...{ name, id, size, pinned: null, why: null },
    state: names.has(name) ? "stale" : "other",
    identity: labels[LABELS.identity] ?? null,
    base: labels[LABELS.base] ?? null,
  };
}

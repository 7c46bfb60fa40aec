import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { runEngine } from "../container/engine.ts";
import { adoptImage } from "./adopt-image.ts";
import { isPinned, shortIdentity } from "./image-layout.ts";
import type { ImageSite } from "./image-site.ts";
import { inspectImages } from "./inspect-image.ts";
import { imageLog, ownRecipe } from "./own-image.ts";
import { pullImage } from "./pull-image.ts";

/** Where an image is to come from: `registry/name@sha256:...`, or a registry in which it is looked for by the identity it must have. */
export type ImageSource = { readonly pinned: string } | { readonly registry: string };

/**
 * Brings an environment's image in from a registry, checks that it is the one that would be built here, and remembers its digest.
 *
 * @returns the reference it has by digest
 */
export async function fetchImage(site: ImageSite, spec: EnvironmentSpec, source: ImageSource): Promise<Result<string, Failure>> {
  const { engine, root, signal } = site;
  const log = imageLog(root, spec.name);
  const named = await referenceOf(site, spec, source);
  if (!named.ok) return named;
  const reference = named.value;
  const wasThere = (await inspectImages(engine, [reference], signal)).images.length > 0;
  const onProgress = (text: string) => site.onProgress(spec.name, text);
  const failure = await pullImage({ engine, reference, what: `the image of ${spec.name}`, log, signal, onProgress });
  if (failure !== null) return err(failure);
  const pinned = await pinnedName(site, reference);
  const adopted = await adoptImage(site, { spec, reference, from: reference, pinned, log });
  // It has a name of its own now; what was refused goes.
  if (!wasThere) await runEngine(engine, ["rmi", reference], { signal: AbortSignal.timeout(20_000) });
  return adopted.ok ? ok(pinned ?? reference) : adopted;
}

// The identity it is looked for by needs the base; one by digest can be pulled without.
async function referenceOf(site: ImageSite, spec: EnvironmentSpec, source: ImageSource): Promise<Result<string, Failure>> {
  if ("pinned" in source) return ok(source.pinned);
  const recipe = await ownRecipe(site, spec, "pull");
  return recipe.ok ? ok(`${source.registry}/${spec.name}:${shortIdentity(recipe.value.digest)}`) : recipe;
}

async function pinnedName({ engine, signal }: ImageSite, reference: string): Promise<string | null> {
  if (isPinned(reference)) return reference;
  const repository = reference.slice(0, reference.lastIndexOf(":"));
  const [image] = (await inspectImages(engine, [reference], signal)).images;
  return image?.digests.find((name) => name.startsWith(`${repository}@`)) ?? null;
}

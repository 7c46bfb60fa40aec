import { ENGINE_NAMES } from "../../domain/command.ts";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { ImageSource } from "../../executors/images/fetch-image.ts";
import { rememberedImages } from "../../executors/images/image-records.ts";
import type { ImageSite } from "../../executors/images/image-site.ts";

export interface SourceHints {
  /** A registry that the user names. */
  readonly registry: string | null;
  /** Environment -> `registry/name@sha256:...`, of a lock file. */
  readonly locked: ReadonlyMap<string, string>;
}

/**
 * Where an environment's image is pulled from: the very image of the lock; else the registry that the user names, by the identity the
 * image must have; else where this machine, with whatever engine, pushed it to or pulled it from before.
 */
export async function findSource(
  { environments, root }: ImageSite,
  spec: EnvironmentSpec,
  { registry, locked }: SourceHints,
): Promise<Result<ImageSource, Failure>> {
  const pinned = locked.get(spec.name);
  if (pinned !== undefined) return ok({ pinned });
  if (registry !== null) return ok({ registry });
  const identity = await environments.identify(spec);
  if (!identity.ok) return identity;
  for (const engine of ENGINE_NAMES) {
    const known = (await rememberedImages(root, engine)).get(identity.value.digest)?.pinned;
    if (known) return ok({ pinned: known });
  }
  return err({
    reason: "environment-unavailable",
    message: `Nothing says which registry has the image of ${spec.name}: no lock file pins it, and it was never pushed or pulled here.`,
    hint: "Name the registry and folder with --from, such as --from registry.example/team/fettle.",
  });
}

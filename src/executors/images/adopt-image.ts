import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { runEngine } from "../container/engine.ts";
import { imageFailure } from "./image-failure.ts";
import { imageTag, LABELS } from "./image-layout.ts";
import { recordImage } from "./image-records.ts";
import type { ImageSite } from "./image-site.ts";
import { type InspectedImage, inspectImages } from "./inspect-image.ts";
import { type OwnImage, ownRecipe } from "./own-image.ts";

export interface AdoptRequest {
  readonly spec: EnvironmentSpec;
  /** Name or id of an image that came into the engine's storage. */
  readonly reference: string;
  /** Where it came from, for messages. */
  readonly from: string;
  readonly pinned: string | null;
  readonly log: string;
}

/** Takes an image that came from elsewhere for an environment's, if it is what this Fettle would build from the same files; else refuses. */
export async function adoptImage(site: ImageSite, request: AdoptRequest): Promise<Result<OwnImage, Failure>> {
  const { engine, root, signal } = site;
  const { spec, reference, from, pinned, log } = request;
  const [image] = (await inspectImages(engine, [reference], signal)).images;
  if (image === undefined) return err(missing(request));
  const recipe = await ownRecipe(site, spec, "take in", image.labels);
  if (!recipe.ok) return recipe;
  const { digest } = recipe.value;
  const refusal = refuseOther(spec.name, { labels: image.labels, identity: digest, from });
  if (refusal !== null) return err(refusal);
  const tag = imageTag(spec.name, digest);
  const tagged = await runEngine(engine, ["tag", image.id, tag], { log, signal });
  if (tagged.code !== 0) {
    return err(imageFailure(engine.name, { doing: `name the image ${tag}`, output: tagged.output, log, interrupted: signal.aborted }));
  }
  await recordImage(root, { engine: engine.name, name: spec.name, identity: digest, id: image.id, pinned });
  return ok({ recipe: recipe.value, tag, image });
}

/** Why an image is not the one that would be built here; null when it is. */
export function refuseOther(
  name: string,
  { labels, identity, from }: { readonly labels: InspectedImage["labels"]; readonly identity: string; readonly from: string },
): Failure | null {
  const { [LABELS.identity]: own, [LABELS.name]: ownName } = labels;
  if (own === identity) return null;
  const what =
    own === undefined
      ? "is no image that Fettle built"
      : ownName !== name
        ? `is the image of ${ownName ?? "something else"}`
        : `was built from other files or another base (${own.slice(0, 23)}, here ${identity.slice(0, 23)})`;
  return {
    reason: "hash-mismatch",
    message: `The image from ${from} is not the one of ${name} here: it ${what}.`,
    hint: "Use the Fettle and the base (FETTLE_BASE_IMAGE, fettle.yaml) that it was built with, or `fettle images build` it here.",
  };
}

function missing({ spec, from, log }: AdoptRequest): Failure {
  return { reason: "environment-unavailable", message: `${from} brought no image of ${spec.name}.`, log };
}

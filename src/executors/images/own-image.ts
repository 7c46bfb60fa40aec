import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { imageTag, LABELS } from "./image-layout.ts";
import type { ImageRecipe } from "./image-recipe.ts";
import type { ImageSite } from "./image-site.ts";
import { type InspectedImage, inspectImages } from "./inspect-image.ts";

/** An image that Fettle built, as it is in the engine's storage, with what it was built from. */
export interface OwnImage {
  readonly recipe: ImageRecipe;
  readonly tag: string;
  readonly image: InspectedImage;
}

/** What an environment's image is built from; a maker's own image is not Fettle's to do `doing` with. */
export async function ownRecipe(
  site: ImageSite,
  spec: EnvironmentSpec,
  doing: string,
  labels: InspectedImage["labels"] = {},
): Promise<Result<ImageRecipe, Failure>> {
  const maker = site.environments.makerImage(spec);
  if (maker === null) return await site.environments.recipe(spec, labels);
  return err({
    reason: "environment-unavailable",
    message: `The image of ${spec.name} is its maker's, ${maker.reference}; it is not Fettle's to ${doing}.`,
    hint: "Its maker's licence says who may have it. `fettle images build` pulls it by its digest from where it is.",
  });
}

/** The image of an environment, if it is there and is what it goes by. */
export async function findOwnImage(site: ImageSite, spec: EnvironmentSpec, doing: string): Promise<Result<OwnImage, Failure>> {
  const recipe = await ownRecipe(site, spec, doing);
  if (!recipe.ok) return recipe;
  const tag = imageTag(spec.name, recipe.value.digest);
  const [image] = (await inspectImages(site.engine, [tag], site.signal)).images;
  if (image !== undefined && image.labels[LABELS.identity] === recipe.value.digest) return ok({ recipe: recipe.value, tag, image });
  return err({
    reason: "environment-unavailable",
    message: `The image of ${spec.name} is not in ${site.engine.name}'s storage.`,
    hint: `\`fettle images build ${spec.name} --engine ${site.engine.name}\` makes it.`,
  });
}

/** Path of a new log for work on an image. */
export function imageLog(root: string, name: string): string {
  return join(root, "logs", `image-${name}-${Date.now()}-${randomBytes(3).toString("hex")}.log`);
}

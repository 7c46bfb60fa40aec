import type { PartialShapes, Size } from "../../domain/sizes.ts";
import type { RecipeText } from "../schema/recipe-schema.ts";
import type { Draft } from "./check-structure.ts";

/** The shapes a recipe has written, with a hole for each range of which a part is at fault. */
export function wholeShapes(draft: Draft<RecipeText>): PartialShapes {
  const written = Object.entries(draft.model?.shapes ?? {});
  return Object.fromEntries(written.map(([name, sizes]) => [name, sizes?.map(wholeSize)]));
}

function wholeSize(size: Draft<Size> | undefined): Size | undefined {
  if (typeof size !== "object") return size;
  const { min, opt, max } = size;
  return min === undefined || opt === undefined || max === undefined ? undefined : { min, opt, max };
}

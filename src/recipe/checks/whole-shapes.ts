import type { RangedAxis, Size } from "../../domain/sizes.ts";
import { isRange } from "../../domain/sizes.ts";
import type { RecipeText } from "../schema/recipe-schema.ts";
import type { Draft } from "./check-structure.ts";

/** Shapes as far as they are well-formed; a hole is a size that is at fault itself. */
export type WholeShapes = Readonly<Record<string, readonly (Size | undefined)[] | undefined>>;

/** The shapes a recipe has written, with a hole for each range of which a part is at fault. */
export function wholeShapes(draft: Draft<RecipeText>): WholeShapes {
  const written = Object.entries(draft.model?.shapes ?? {});
  return Object.fromEntries(written.map(([name, sizes]) => [name, sizes?.map(wholeSize)]));
}

/** The dimensions among them that have a range. */
export function writtenRanges(shapes: WholeShapes): RangedAxis[] {
  return Object.entries(shapes).flatMap(([input, sizes]) =>
    (sizes ?? []).flatMap((size, axis) => (size !== undefined && isRange(size) ? [{ input, axis, ...size }] : [])),
  );
}

function wholeSize(size: Draft<Size> | undefined): Size | undefined {
  if (typeof size !== "object") return size;
  const { min, opt, max } = size;
  return min === undefined || opt === undefined || max === undefined ? undefined : { min, opt, max };
}

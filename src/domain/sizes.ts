/** The sizes that an artifact must take along one dimension, from `min` to `max`; `opt` is the size that speed is claimed for. */
export type SizeRange = { readonly min: number; readonly opt: number; readonly max: number };

/** A dimension as a recipe writes it: one size, or a range of them. */
export type Size = number | SizeRange;

/** Input name -> a size for each of its dimensions. */
export type Shapes = Readonly<Record<string, readonly Size[]>>;

/** A dimension that a recipe gives a range. */
export type RangedAxis = SizeRange & { readonly input: string; readonly axis: number };

/** The sizes of a ranged dimension that a data set's validation samples have. */
export type SeenAxis = RangedAxis & { readonly least: number; readonly greatest: number };

export function isRange(size: Size): size is SizeRange {
  return typeof size !== "number";
}

/** Shapes as far as they are known: a hole stands for a size that is at fault itself. */
export type PartialShapes = Readonly<Record<string, readonly (Size | undefined)[] | undefined>>;

/** Every dimension that is given a range, in the order of the recipe; empty where all sizes are fixed. */
export function rangedAxes(shapes: PartialShapes): RangedAxis[] {
  return Object.entries(shapes).flatMap(([input, sizes = []]) =>
    sizes.flatMap((size, axis) => (size !== undefined && isRange(size) ? [{ input, axis, ...size }] : [])),
  );
}

/** The shapes that speed is claimed for, of the inputs that have a range; empty where all sizes are fixed. */
export function optShapes(shapes: Shapes): Record<string, number[]> {
  const ranged = Object.entries(shapes).filter(([, sizes]) => sizes.some(isRange));
  return Object.fromEntries(ranged.map(([input, sizes]) => [input, sizes.map((size) => (isRange(size) ? size.opt : size))]));
}

/** Dimensions of which the smallest or the greatest size asked for was not seen. */
export function unseenEnds(seen: readonly SeenAxis[]): SeenAxis[] {
  return seen.filter(({ min, max, least, greatest }) => least > min || greatest < max);
}

/** `x [1, 3, 48, 320]`, for each input. */
export function shapesText(shapes: Readonly<Record<string, readonly number[]>>): string {
  return Object.entries(shapes)
    .map(([input, shape]) => `${input} [${shape.join(", ")}]`)
    .join(", ");
}

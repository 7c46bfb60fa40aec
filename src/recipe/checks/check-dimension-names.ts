import { isRange, type PartialShapes, type Size } from "../../domain/sizes.ts";
import type { ModelTensor } from "../../model/model-summary.ts";
import type { Fault } from "../fault.ts";

/** Names that exporters give to any dimension they do not know: equal ones need not be equal sizes. */
const NO_NAME = /^(\?|unk__\d+|None|-1|dyn.*|.*DynamicDimension.*)$/;

/**
 * A warning for each symbolic dimension that is given two sizes, or two ranges. It is no error: some exporters use one name for sizes that
 * differ (PP-OCR's `?`), so an equal name proves nothing.
 */
export function checkDimensionNames(inputs: ReadonlyMap<string, ModelTensor>, shapes: PartialShapes): Fault[] {
  const first = new Map<string, { readonly size: string; readonly input: string }>();
  const faults: Fault[] = [];
  for (const [name, given] of Object.entries(shapes)) {
    inputs.get(name)?.shape?.forEach((dimension, axis) => {
      const chosen = given?.[axis];
      if (typeof dimension !== "string" || chosen === undefined || NO_NAME.test(dimension)) return;
      const size = sizeText(chosen);
      const before = first.get(dimension);
      if (before === undefined) first.set(dimension, { size, input: name });
      else if (before.size !== size) faults.push(twoSizes(dimension, { name, axis, size }, before));
    });
  }
  return faults;
}

function sizeText(size: Size): string {
  return isRange(size) ? `${size.min} to ${size.max} (opt ${size.opt})` : String(size);
}

function twoSizes(dimension: string, here: { name: string; axis: number; size: string }, before: { size: string; input: string }): Fault {
  return {
    code: "model-shape-mismatch",
    severity: "warning",
    path: ["model", "shapes", here.name, here.axis],
    message: `the model calls this dimension \`${dimension}\`, which is ${before.size} in \`${before.input}\` and ${here.size} here`,
    hint: "the model may only run when both are equal",
  };
}

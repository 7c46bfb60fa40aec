import { isRange, type Size } from "../../domain/sizes.ts";
import type { Dimension, ModelTensor } from "../../model/model-summary.ts";
import type { Fault } from "../fault.ts";

/** Whether a shape the recipe gives has the rank and the fixed sizes of the model's input. */
export function checkShape(input: ModelTensor, given: readonly (Size | undefined)[]): Fault[] {
  const path = ["model", "shapes", input.name];
  if (input.shape === null) return [];
  if (input.shape.length !== given.length) {
    const message = `\`${input.name}\` has ${dimensions(input.shape.length)}, the shape given has ${given.length}`;
    return [{ code: "model-shape-mismatch", path, message, expected: shapeText(input.shape) }];
  }
  return input.shape.flatMap((size, axis): Fault[] => {
    const chosen = given[axis];
    if (typeof size !== "number" || chosen === undefined || size === chosen) return [];
    const message = `axis ${axis} of \`${input.name}\` is ${size} in the model, not ${isRange(chosen) ? "a range" : chosen}`;
    return [{ code: "model-shape-mismatch", path: [...path, axis], message, expected: shapeText(input.shape ?? []) }];
  });
}

/** The fault of an input with symbolic dimensions that the recipe gives no shape, with the line to add. */
export function missingShape({ name, shape }: ModelTensor): Fault[] {
  if (shape?.every((size) => typeof size === "number")) return [];
  const open = shape?.filter((size) => typeof size !== "number").length ?? 0;
  const message =
    shape === null
      ? `the model does not say what shape \`${name}\` has`
      : `\`${name}\` has ${dimensions(open, "symbolic ")} without a size: ${shapeText(shape)}`;
  const line = shape === null ? `${name}: [1, ...]` : `${name}: [${shape.map(suggestedSize).join(", ")}]`;
  const fill = shape?.some((size, axis) => typeof size !== "number" && suggestedSize(size, axis) !== 1)
    ? ", with a size in place of each `<...>`"
    : "";
  return [{ code: "model-shape-missing", path: ["model", "shapes"], on: "key", message, hint: `add \`${line}\` to model.shapes${fill}` }];
}

/** `[1, 3, height, ?]`, as the model has it. */
export function shapeText(shape: readonly Dimension[]): string {
  return `[${shape.map((size) => size ?? "?").join(", ")}]`;
}

function suggestedSize(size: Dimension, axis: number): number | string {
  if (typeof size === "number") return size;
  return axis === 0 ? 1 : `<${size ?? `axis ${axis}`}>`;
}

function dimensions(count: number, kind = ""): string {
  return `${count} ${kind}dimension${count === 1 ? "" : "s"}`;
}

import type { ModelFacts } from "../domain/model-facts.ts";
import type { ModelSummary } from "./model-summary.ts";

/** What a recipe makes of a model's inputs: sizes given to some, numbers bound to others. */
export interface SettledInputs {
  readonly shapes?: Readonly<Record<string, unknown>> | undefined;
  readonly bind?: Readonly<Record<string, unknown>> | undefined;
}

function isSettled(sizes: unknown): boolean {
  return Array.isArray(sizes) && sizes.every((size) => typeof size === "number");
}

/** The part of a model's summary that toolchains decide by, with the recipe's word on its inputs. */
export function modelFacts({ opsets, operators, inputs }: ModelSummary, { shapes = {}, bind = {} }: SettledInputs): ModelFacts {
  const isOpen = (shape: ModelSummary["inputs"][number]["shape"]) => shape === null || shape.some((size) => typeof size !== "number");
  const open = inputs.filter(({ name, shape }) => !isSettled(shapes[name]) && !(name in bind) && isOpen(shape));
  return { prepared: false, opset: opsets["ai.onnx"] ?? 1, operators, openInputs: open.map(({ name }) => name) };
}

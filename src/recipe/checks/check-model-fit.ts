import { type PartialShapes, rangedAxes, type Size } from "../../domain/sizes.ts";
import type { ModelSummary, ModelTensor } from "../../model/model-summary.ts";
import type { Fault } from "../fault.ts";
import { listed } from "../schema/fault-check.ts";
import { didYouMean } from "../suggest.ts";
import { checkDimensionNames } from "./check-dimension-names.ts";
import { checkShape, missingShape } from "./check-shape.ts";

/** What a recipe says about its model's inputs. */
export interface ModelUse {
  readonly shapes: PartialShapes;
  readonly bind: Readonly<Record<string, number | undefined>>;
  /** Input name -> kind of its distribution; null unless the data is random. */
  readonly random: Readonly<Record<string, RandomKind | undefined>> | null;
}
export type RandomKind = "uniform" | "normal" | "integers" | "unknown";

/**
 * Whether a recipe fits its model: inputs exist, shapes have the model's rank and fixed sizes, every symbolic dimension is
 * given a size or a range, constants suit their input, random data suits the element type.
 */
export function checkModelFit(summary: ModelSummary, use: ModelUse): Fault[] {
  const inputs = new Map(summary.inputs.map((input) => [input.name, input]));
  return [
    ...Object.keys(use.shapes).flatMap((name) => nameFaults(summary, ["model", "shapes"], name)),
    ...Object.keys(use.bind).flatMap((name) => nameFaults(summary, ["model", "bind"], name)),
    ...Object.keys(use.random ?? {}).flatMap((name) => nameFaults(summary, ["data", "random", "inputs"], name)),
    ...summary.inputs.flatMap((input) => inputFaults(input, use)),
    ...checkDimensionNames(inputs, use.shapes),
  ];
}

function nameFaults(summary: ModelSummary, block: readonly string[], name: string): Fault[] {
  const names = summary.inputs.map((input) => input.name);
  if (names.includes(name)) return [];
  const what = otherMeaning(summary, name);
  return [
    {
      code: "model-input-unknown",
      path: [...block, name],
      on: "key",
      message: what === null ? `the model has no input \`${name}\`` : `\`${name}\` is ${what}`,
      expected: names.length === 1 ? listed(names) : `one of ${listed(names)}`,
      ...didYouMean(name, names),
    },
  ];
}

function otherMeaning(summary: ModelSummary, name: string): string | null {
  if (summary.outputs.some((output) => output.name === name)) return "an output of the model, not an input";
  return summary.weights.has(name) ? "a weight of the model, not an input" : null;
}

function inputFaults(input: ModelTensor, use: ModelUse): Fault[] {
  const shape = own(use.shapes, input.name);
  const bound = own(use.bind, input.name);
  const shapeFaults = shape === undefined ? [] : checkShape(input, shape);
  if (bound !== undefined) return [...shapeFaults, ...boundFaults(input, bound), ...boundRangeFaults(input, shape ?? [])];
  const missing = shape === undefined && !Object.hasOwn(use.shapes, input.name) ? missingShape(input) : [];
  return [...shapeFaults, ...missing, ...randomFaults(input, use)];
}

// An input may be called `constructor`, which every object has.
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function boundFaults({ name, type, shape }: ModelTensor, value: number): Fault[] {
  const path = ["model", "bind", name];
  if (shape?.some((size) => typeof size === "number" && size > 1)) {
    return [
      {
        code: "model-shape-mismatch",
        path,
        message: `\`${name}\` has the shape [${shape.join(", ")}]; only an input of one element can be bound to a number`,
      },
    ];
  }
  if (/^u?int/.test(type) && !Number.isInteger(value)) {
    return [{ code: "invalid-value", path, message: `\`${name}\` is ${type} and cannot be ${value}`, expected: "a whole number" }];
  }
  if (/^(string|sequence|map|optional|untyped)/.test(type))
    return [{ code: "invalid-value", path, message: `\`${name}\` is ${type} and cannot be bound to a number` }];
  return [];
}

/** A constant has one shape. */
function boundRangeFaults({ name }: ModelTensor, shape: readonly (Size | undefined)[]): Fault[] {
  return rangedAxes({ [name]: shape }).map(({ axis }) => ({
    code: "invalid-value",
    path: ["model", "shapes", name, axis],
    message: `\`${name}\` is bound to a constant, which has no range of sizes`,
    expected: "one size",
  }));
}

function randomFaults({ name, type }: ModelTensor, { random }: ModelUse): Fault[] {
  if (random === null) return [];
  const path = ["data", "random", "inputs", name];
  const wanted = type === "bool" ? "{ integers: [0, 2] }" : /^u?int/.test(type) ? "{ integers: [0, 100] }" : "{ normal: [0, 1] }";
  const kind = own(random, name);
  if (!Object.hasOwn(random, name)) {
    return [
      {
        code: "missing-key",
        path,
        on: "key",
        message: `nothing says how the input \`${name}\` is drawn`,
        hint: `add \`${name}: ${wanted}\` to data.random.inputs`,
      },
    ];
  }
  if (kind !== "integers" && kind !== "unknown" && kind !== undefined && /^(u?int|bool)/.test(type)) {
    return [
      {
        code: "invalid-value",
        path,
        message: `\`${name}\` is ${type}, which \`${kind}\` cannot give`,
        expected: "`integers`",
        hint: `write \`${name}: ${wanted}\``,
      },
    ];
  }
  return [];
}

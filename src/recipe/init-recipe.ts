import { digestHex } from "../domain/digest.ts";
import type { ModelSummary, ModelTensor } from "../model/model-summary.ts";
import { shapeText } from "./checks/check-shape.ts";
import { guessConstant, guessDistribution } from "./init/guess-data.ts";
import { guessShape } from "./init/guess-shape.ts";
import { commentText, yamlText } from "./init/yaml-text.ts";

export interface InitOptions {
  /** The recipe's name; `recipeName` makes one of a file's name. */
  readonly name: string;
  /** Path of the model as the recipe is to write it: relative to the recipe's folder. */
  readonly modelPath: string;
  readonly target: string;
  readonly toolchains: readonly string[];
  /** Where the editor finds the recipe's JSON Schema, if that is known. */
  readonly schema?: string;
}

/**
 * A first recipe for a model, with comments. It passes `loadRecipe` as it is wherever every input's rank is known and its
 * type can be drawn at random; what was guessed is marked.
 */
export function initialRecipe(summary: ModelSummary, options: InitOptions): string {
  return `${[
    ...(options.schema === undefined ? [] : [`# yaml-language-server: $schema=${options.schema}`]),
    ...describeModel(summary, options),
    "recipe: 1",
    `name: ${yamlText(options.name)}`,
    "",
    ...modelBlock(summary, options),
    "",
    ...dataBlock(summary),
    "",
    "try:",
    "  precision: [float32] # also: bfloat16, float16, int8",
    "",
    "accept:",
    "  outputs: auto # tolerance by the precision that was executed",
    "  # latency: { p99: 60 ms }",
    "  # metric: { script: metric.py, keep: 99.5 % of reference }",
    "",
    "targets:",
    `  ${yamlText(options.target)}:`,
    `    toolchains: [${options.toolchains.map(yamlText).join(", ")}]`,
    "    require: measured",
  ].join("\n")}\n`;
}

/** A name that a recipe may have, made of a file's name. */
export function recipeName(fileName: string): string {
  const name = fileName
    .replace(/\.[^.]*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .slice(0, 64)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  return name === "" ? "model" : name;
}

function describeModel(summary: ModelSummary, { modelPath }: InitOptions): string[] {
  const opsets = Object.entries(summary.opsets).map(([domain, version]) =>
    domain === "ai.onnx" ? `opset ${version}` : `${domain} ${version}`,
  );
  const operators = Object.entries(summary.operators);
  const most = operators.slice(0, 8).map(([operator, count]) => `${operator} ${count}`);
  const others = operators.length > most.length ? ` and ${operators.length - most.length} more kinds` : "";
  const producer = commentText(`${summary.producer.name} ${summary.producer.version}`);
  return [
    `# First recipe for ${commentText(modelPath)}: ${summary.nodes} nodes, ${commentText(opsets.join(", "))}${producer === "" ? "" : `, made by ${producer}`}.`,
    `# Operators: ${commentText(most.join(", "))}${others}.`,
    `# Outputs: ${commentText(summary.outputs.map(({ name, type, shape }) => `${name} ${type} ${shape === null ? "" : shapeText(shape)}`).join(", "))}`,
  ];
}

function modelBlock(summary: ModelSummary, { modelPath }: InitOptions): string[] {
  const constants = summary.inputs.flatMap((input): string[] => {
    const value = guessConstant(input);
    return value === null ? [] : [`    ${yamlText(input.name)}: ${value} # a guess: the input is bound to this constant`];
  });
  const shapes = fedInputs(summary).flatMap(shapeLine);
  return [
    "model:",
    `  from: { path: ${yamlText(modelPath)} }`,
    `  sha256: ${yamlText(digestHex(summary.digest))}`,
    ...(shapes.length > 0 ? [shapes.every(isComment) ? "  # shapes:" : "  shapes:", ...shapes] : []),
    ...(constants.length > 0 ? ["  bind:", ...constants] : []),
  ];
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith("#");
}

function shapeLine(input: ModelTensor): string[] {
  const guess = guessShape(input);
  if (guess === null) return [`    # ${yamlText(input.name)}: [...] # the model does not say its rank: write its whole shape`];
  if (guess.guessed.length === 0) return [];
  const guessed = commentText(guess.guessed.join(", "));
  return [
    `    ${yamlText(input.name)}: [${guess.sizes.join(", ")}] # guessed: ${guessed}; write the sizes you run, or { min, opt, max } where you run several`,
  ];
}

function dataBlock(summary: ModelSummary): string[] {
  const inputs = fedInputs(summary);
  const drawn = inputs.flatMap((input): string[] => {
    const distribution = guessDistribution(input);
    return distribution === null ? [] : [`      ${yamlText(input.name)}: ${distribution}`];
  });
  if (drawn.length < inputs.length)
    return [
      "data:",
      "  script: data.py # to write: an input of this model cannot be drawn at random",
      "  calibration: 32",
      "  validation: 64",
    ];
  return [
    "data: # random numbers prove that outputs agree; to prove quality, give `script:` or `files:` instead",
    "  random:",
    ...(drawn.length === 0 ? ["    inputs: {}"] : ["    inputs:", ...drawn]),
    "  calibration: 32",
    "  validation: 64",
  ];
}

function fedInputs(summary: ModelSummary): readonly ModelTensor[] {
  return summary.inputs.filter((input) => guessConstant(input) === null);
}

import { recipeFolder } from "./recipe-folder.ts";

// The parts of a small recipe, for tests that put one together with a fault in it.

export const HASH = "0123456789abcdef".repeat(4);
export const MODEL = `model:
  from: { pypi: some-models==1.2.0, file: some_models/m.onnx }
  sha256: ${HASH}
`;
export const DATA = `data:
  random: { inputs: { x: { normal: [0, 1] } } }
`;
export const TARGETS = `targets:
  cpu-x64: { toolchains: [anvil] }
`;
export const HEAD = "recipe: 1\nname: digits\n";
export const GOOD = HEAD + MODEL + DATA + TARGETS;

/** What `check` says of a recipe's text; empty when there is nothing to say. */
export async function read(text: string): Promise<string> {
  return (await recipeFolder()).check(text);
}

import { type TinyModel, tinyModel } from "./onnx-models.ts";
import { recipeFolder, sha256 } from "./recipe-folder.ts";

/** What a recipe for a model says about it. */
export interface Written {
  readonly sha256?: string;
  readonly shapes?: string;
  readonly bind?: string;
  readonly inputs?: string;
}

export function recipeFor(
  bytes: Uint8Array | string,
  { shapes, bind, inputs = "{ x: { normal: [0, 1] } }", ...rest }: Written = {},
): string {
  return [
    "recipe: 1",
    "name: digits",
    "model:",
    "  from: { path: m.onnx }",
    `  sha256: ${rest.sha256 ?? sha256(bytes)}`,
    ...(shapes === undefined ? [] : [`  shapes: ${shapes}`]),
    ...(bind === undefined ? [] : [`  bind: ${bind}`]),
    `data: { random: { inputs: ${inputs} } }`,
    "targets: { cpu-x64: { toolchains: [anvil] } }",
    "",
  ].join("\n");
}

export async function checkBytes(bytes: Uint8Array | string, written?: Written): Promise<string> {
  const folder = await recipeFolder({ "m.onnx": bytes });
  return folder.check(recipeFor(bytes, written));
}

/** What `check` says of a recipe for a tiny model. */
export const check = (model: TinyModel, written?: Written) => checkBytes(tinyModel(model), written);

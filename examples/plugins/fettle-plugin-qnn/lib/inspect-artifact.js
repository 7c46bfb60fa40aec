import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readContextModel } from "./context-model.js";

/**
 * @typedef {object} Inspected
 * @property {string} binary Name of the context binary.
 * @property {number} file Its size in bytes.
 * @property {string | null} hexagon `v75`, as the binary itself says.
 * @property {string | null} chip `SM8650`, as the binary itself says; null where it is for no chip in particular.
 * @property {number | null} vtcmBytes Tightly coupled memory that it was compiled for.
 * @property {string | null} sdk Version of AI Engine Direct.
 * @property {readonly { name: string, inputs: readonly string[], outputs: readonly string[] }[]} nodes EPContext nodes of the ONNX file.
 * @property {Readonly<Record<string, number>> | null} operators QNN's operators and how often each occurs.
 * @property {Readonly<Record<string, number>> | null} precision Share of the operators, from 0 to 1.
 */

/**
 * Reads an artifact of this plug-in's toolchain, or says why the folder holds none.
 * @param {string} directory
 * @returns {Promise<Inspected | { problem: string }>}
 */
export async function inspectArtifact(directory) {
  const model = await readFile(join(directory, "model.onnx")).catch(() => null);
  if (model === null) return { problem: `${directory} holds no model.onnx` };
  const context = readContextModel(model);
  const [main] = context;
  if (main === undefined)
    return { problem: `${join(directory, "model.onnx")} has no EPContext node: it is no artifact of the qnn toolchain` };
  const name = main.attributes.ep_cache_context ?? "model_qnn.bin";
  const binary = await readFile(join(directory, name)).catch(() => null);
  if (binary === null) return { problem: `the context binary ${name} of ${directory} cannot be read` };
  const settings = compilerSettings(binary);
  const network = await readFile(join(directory, "network.json"), "utf8").then(JSON.parse, () => ({}));
  return {
    binary: name,
    file: binary.length,
    hexagon: settings.arch === undefined ? null : `v${settings.arch}`,
    chip: settings.soc_type ?? null,
    vtcmBytes: settings.vtcm_size === undefined ? null : Number(settings.vtcm_size),
    sdk: main.attributes.ep_sdk_version?.replace(/^v/, "") ?? null,
    nodes: context.map(({ name: node, inputs, outputs }) => ({ name: node, inputs, outputs })),
    operators: network.operators ?? null,
    precision: network.precision ?? null,
  };
}

/**
 * The HTP compiler writes its settings into what it makes, as `name=value;`: those that tell the hardware.
 * @param {Buffer} binary
 * @returns {Partial<Record<"arch" | "soc_type" | "vtcm_size", string>>}
 */
function compilerSettings(binary) {
  const text = binary.toString("latin1");
  const found = ["arch", "soc_type", "vtcm_size"].flatMap((name) => {
    const value = new RegExp(`;${name}=([A-Za-z0-9_]+);`).exec(text)?.[1];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

import { fileURLToPath } from "node:url";
import { loaderText, TOOLCHAIN_API, z } from "fettle/plugin";

/**
 * What the toolchain can do and what to ask its worker: data and pure functions.
 * @type {import("fettle/plugin").Toolchain}
 */
export const toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "__NAME__",
  title: "__TITLE__",
  directory: fileURLToPath(new URL("../__NAME__", import.meta.url)),
  mainPackage: "onnxruntime",
  reproducible: true,
  options: z.strictObject({ arena: z.boolean().default(true).describe("Keep memory between runs.") }),
  canCompile({ target, precision }) {
    if (target.device !== "cpu") return { yes: false, why: "it makes artifacts for CPUs only" };
    return precision === "float32" ? { yes: true } : { yes: false, why: "it knows float32 only" };
  },
  canRun: () => ({ yes: true }),
  compileReadsHost: () => false,
  compileOptions: () => ({}),
  runOptions: ({ options }) => options,
  loader({ facts, signature }) {
    return loaderText(
      {
        title: "__TITLE__",
        install: `pip install onnxruntime==${facts.versions.onnxruntime}`,
        imports: "import numpy as np\nimport onnxruntime as ort",
        body: `def run(feeds):
    session = ort.InferenceSession(str(HERE / "${facts.files[0]}"), providers=["CPUExecutionProvider"])
    return dict(zip(OUTPUTS, session.run(OUTPUTS, feeds)))`,
      },
      signature,
    );
  },
};

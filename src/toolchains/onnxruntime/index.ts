import { z } from "zod";
import { TOOLCHAIN_API, type Toolchain } from "../../domain/toolchain.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { notForAccelerators } from "../cpu-only.ts";
import { loaderText } from "../loader-text.ts";

const options = z.strictObject({
  level: z
    .enum(["basic", "extended"])
    .default("extended")
    .describe(
      "Graph optimisations baked into the artifact. The higher levels of ONNX Runtime tie the file to one CPU, so they are not offered.",
    ),
  format: z.enum(["onnx", "ort"]).default("onnx").describe("File format: optimised ONNX, or ONNX Runtime's own `.ort` for minimal builds."),
});

/** ONNX Runtime's names of its optimisation levels. */
const LEVELS: Readonly<Record<string, string>> = {
  disabled: "ORT_DISABLE_ALL",
  basic: "ORT_ENABLE_BASIC",
  extended: "ORT_ENABLE_EXTENDED",
  all: "ORT_ENABLE_ALL",
};

/** ONNX Runtime's CPU provider: the optimised graph, written ahead of time. */
export const onnxruntime: Toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "onnxruntime",
  title: "ONNX Runtime",
  directory: containerDirectory("onnxruntime"),
  dynamicShapes: true,
  mainPackage: "onnxruntime",
  options,
  canCompile({ precision, target }) {
    const refused = notForAccelerators(target);
    if (refused !== null) return refused;
    if (precision === "float32") return { yes: true };
    return { yes: false, why: "ONNX Runtime's CPU kernels compute in float32; a narrower precision would only be stored, not executed" };
  },
  canRun: () => ({ yes: true }),
  compileReadsHost: () => false,
  compileOptions: ({ options: chosen }) => chosen,
  runOptions: () => ({}),
  loader({ facts, signature }) {
    // The worker found the highest level at which this file loads and runs as it should.
    const level = LEVELS[String(facts.details.loadLevel)] ?? "ORT_ENABLE_ALL";
    return loaderText(
      {
        title: "ONNX Runtime",
        install: `pip install onnxruntime==${facts.versions.onnxruntime ?? ""}`,
        imports: "import numpy as np\nimport onnxruntime as ort",
        body: `def run(feeds):
    # The portable optimisations are in the file; what is left are the layouts of the CPU that runs it.
    settings = ort.SessionOptions()
    settings.graph_optimization_level = ort.GraphOptimizationLevel.${level}
    session = ort.InferenceSession(str(HERE / "${facts.files[0]}"), settings, providers=["CPUExecutionProvider"])
    return dict(zip(OUTPUTS, session.run(OUTPUTS, feeds)))`,
      },
      signature,
    );
  },
};

import { digestBytes } from "../../src/domain/digest.ts";
import type { Host } from "../../src/domain/host.ts";
import type { ModelFacts } from "../../src/domain/model-facts.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Shapes } from "../../src/domain/sizes.ts";
import type { Target } from "../../src/domain/target.ts";
import type { Toolchain } from "../../src/domain/toolchain.ts";
import type { IdentifiedWorker } from "../../src/plan/inputs.ts";
import { planRecipe } from "../../src/plan/plan-recipe.ts";
import { HOST } from "./recipe-folder.ts";

/** A worker that nothing is ever asked of. */
export const TOY_WORKER: IdentifiedWorker = {
  directory: "/nowhere",
  environment: { name: "toy", lock: "/nowhere/lock" },
  environmentDigest: digestBytes("environment"),
  workerDigest: digestBytes("worker"),
};

const CPU: Target = {
  ...{ name: "cpu", title: "CPU", device: "cpu", architecture: "x86-64", cpu: "x86-64", features: [] },
  system: { libc: "glibc", version: "2.28" },
};

interface Planned {
  readonly target?: Target;
  readonly host?: Host;
  readonly shapes?: Shapes;
  readonly modelFacts?: ModelFacts | undefined;
  readonly emulating?: ReadonlyMap<string, IdentifiedWorker>;
}

/** The plan of a float32 recipe with random data for one target, by default an x86-64 CPU, and these toolchains. */
export function planWith(toolchains: readonly Toolchain[], { target = CPU, host = HOST, ...given }: Planned = {}): Plan {
  const { shapes = {}, modelFacts, emulating } = given;
  const uses = toolchains.map(({ name }) => ({ name, options: {} }));
  return planRecipe({
    recipe: {
      ...{ name: "toy", description: null, file: "/toy.yaml", precisions: ["float32"] },
      model: { source: { kind: "path", path: "/m.onnx" }, sha256: "0".repeat(64), shapes, bind: {} },
      data: { source: { kind: "random", inputs: {} }, calibration: 0, validation: 3, seed: 0 },
      accept: { outputs: "auto", metric: null, latency: {} },
      measure: { threads: 1, margin: 0.03 },
      targets: [{ name: target.name, toolchains: uses, require: "compiled" }],
    },
    ...{ host, outputDirectory: "/dist" },
    contents: { model: [], dataScript: null, dataFiles: null, metricScript: null, ...(modelFacts !== undefined && { modelFacts }) },
    targets: new Map([[target.name, target]]),
    toolchains: new Map(
      toolchains.map((toolchain) => [toolchain.name, { toolchain, worker: TOY_WORKER, version: "1", ...(emulating && { emulating }) }]),
    ),
    workers: { prepare: TOY_WORKER, reference: TOY_WORKER, data: TOY_WORKER, metric: null },
    limits: { timeoutMs: 1, memoryBytes: 1, processes: 1, outputBytes: 1 },
  });
}

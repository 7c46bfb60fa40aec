import { z } from "zod";
import type { Architecture } from "../../domain/target.ts";
import { TOOLCHAIN_API, type Toolchain } from "../../domain/toolchain.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { notForAccelerators } from "../cpu-only.ts";
import { loaderText } from "../loader-text.ts";

const options = z.strictObject({
  schedule: z
    .enum(["cpu", "none"])
    .default("cpu")
    .describe(
      "`cpu`: Fettle's own schedule, chosen without measuring. `none`: TVM's default pipeline, 3 to 15 times slower; for comparison only.",
    ),
});

const TRIPLES: Readonly<Record<Architecture, string>> = { "x86-64": "x86_64-linux-gnu", aarch64: "aarch64-linux-gnu" };

/** TVM's LLVM back end: a shared library for one CPU, compiled ahead of time, also for another architecture. */
export const tvm: Toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "tvm",
  title: "Apache TVM",
  directory: containerDirectory("tvm"),
  mainPackage: "apache-tvm",
  options,
  canCompile({ precision, target }) {
    const refused = notForAccelerators(target);
    if (refused !== null) return refused;
    if (precision === "float32") return { yes: true };
    return { yes: false, why: "this toolchain compiles the model's own float32 and converts to no other precision" };
  },
  canRun: () => ({ yes: true }),
  compileReadsHost: () => false,
  compileOptions({ options: chosen, target }) {
    if (target.device !== "cpu") throw new Error(`${target.name} was refused and yet planned`);
    // Without an explicit triple TVM records the build machine's, under a name of its own.
    return { ...chosen, target: { kind: "llvm", mtriple: TRIPLES[target.architecture], mcpu: target.cpu } };
  },
  runOptions: () => ({}),
  loader({ facts, signature }) {
    return loaderText(
      {
        title: "Apache TVM",
        install: `pip install apache-tvm==${facts.versions["apache-tvm"] ?? ""} apache-tvm-ffi==${facts.versions["apache-tvm-ffi"] ?? ""} numpy`,
        imports: "import numpy as np\nimport tvm\nfrom tvm import relax",
        body: `def run(feeds):
    machine = relax.VirtualMachine(tvm.runtime.load_module(str(HERE / "${facts.files[0]}")), tvm.cpu(0))
    # TVM's inputs are positional, in the model's order.
    result = machine["main"](*(tvm.runtime.tensor(feeds[name], tvm.cpu(0)) for name in INPUTS))
    results = [result] if isinstance(result, tvm.runtime.Tensor) else list(result)
    return {name: value.numpy() for name, value in zip(OUTPUTS, results)}`,
      },
      signature,
    );
  },
};

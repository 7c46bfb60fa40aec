import { z } from "zod";
import { emulatedSupport } from "../../domain/emulation.ts";
import type { Target } from "../../domain/target.ts";
import { TOOLCHAIN_API, type Toolchain } from "../../domain/toolchain.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { loaderText } from "../loader-text.ts";
import { runtimeDevice, whyNotTarget } from "./hardware.ts";

const options = z.strictObject({
  level: z.enum(["O1", "O2", "O3"]).default("O3").describe("IREE's own level of optimisation, `--iree-opt-level`."),
  emulate: z
    .boolean()
    .default(true)
    .describe("Whether what is made for 64-bit Arm is run by this machine's emulator, where there is one: that takes many times as long."),
});

/** IREE: one module per target, compiled ahead of time for CPUs and, without having one here, for GPUs through CUDA, ROCm and Vulkan. */
export const iree: Toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "iree",
  title: "IREE",
  directory: containerDirectory("iree"),
  mainPackage: "iree-base-compiler",
  options,
  canCompile({ precision, target }) {
    const why = whyNotTarget(target);
    if (why !== null) return { yes: false, why };
    if (precision === "float32") return { yes: true };
    return { yes: false, why: "this toolchain compiles the model's own float32 and converts to no other precision" };
  },
  foreignPackages: { aarch64: ["iree-base-runtime"] },
  canRun({ target, options: { emulate } }, host) {
    if (target.device === "cpu" && target.architecture === "aarch64" && host.architecture !== "aarch64") {
      return emulate === false ? { yes: false, why: "the recipe says `emulate: false`" } : emulatedSupport(host, target);
    }
    if (target.device !== "gpu" || target.api !== "vulkan") return { yes: true };
    return {
      yes: false,
      why: "Fettle does not run what it makes for Vulkan: the driver in iree-base-runtime 3.13 is a scaffold of a rewrite",
    };
  },
  compileReadsHost: () => false,
  compileOptions: ({ options: { emulate: _, ...chosen } }) => chosen,
  runOptions: () => ({}),
  loader({ facts, signature, target }) {
    return loaderText(
      {
        title: "IREE",
        install: `pip install iree-base-runtime==${facts.versions["iree-base-runtime"] ?? ""} numpy`,
        imports: "import iree.runtime as rt\nimport numpy as np",
        body: loaderBody(facts.files[0] ?? "model.vmfb", target),
      },
      signature,
    );
  },
};

function loaderBody(file: string, target: Target): string {
  return `def run(feeds):
    config = rt.Config("${runtimeDevice(target)}")
    context = rt.SystemContext(config=config)
    context.add_vm_module(rt.VmModule.copy_buffer(config.vm_instance, (HERE / "${file}").read_bytes()))
    # IREE's inputs are positional, in the model's order.
    result = context.modules.module["main"](*(feeds[name] for name in INPUTS))
    results = result if isinstance(result, tuple) else (result,)
    return {name: np.asarray(value) for name, value in zip(OUTPUTS, results)}`;
}

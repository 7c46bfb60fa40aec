import { z } from "zod";
import { TOOLCHAIN_API, type Toolchain } from "../../domain/toolchain.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { isNvidia } from "../tensorrt/nvidia-target.ts";
import { planLoader } from "../tensorrt/plan-loader.ts";

const options = z.strictObject({
  tf32: z
    .boolean()
    .default(false)
    .describe(
      "Let float32 matrix products round their inputs to TensorFloat-32. TensorRT's own default is yes; here float32 means float32.",
    ),
});

/** Compute capabilities that TensorRT for RTX 1.7 compiles for: RTX GPUs, and of the data centre's those of the same generations. */
const CAPABILITIES = ["sm_75", "sm_80", "sm_86", "sm_89", "sm_120", "sm_121"];

/** TensorRT for RTX: a plan for one compute capability, compiled ahead of time and without a GPU. */
export const tensorrtRtx: Toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "tensorrt-rtx",
  title: "TensorRT for RTX",
  directory: containerDirectory("tensorrt-rtx"),
  library: containerDirectory("tensorrt-common"),
  dynamicShapes: true,
  mainPackage: "tensorrt-rtx-cu13-libs",
  options,
  canCompile({ target, precision }) {
    if (!isNvidia(target)) return { yes: false, why: "it makes plans for NVIDIA GPUs only" };
    if (!CAPABILITIES.includes(target.architecture)) {
      return { yes: false, why: `it does not compile for ${target.architecture}; it does for ${CAPABILITIES.join(", ")}` };
    }
    if (precision === "bfloat16") return { yes: false, why: "this toolchain converts models to float16 and to no other narrow float" };
    return { yes: true };
  },
  canRun: () => ({ yes: true }),
  compileReadsHost: () => false,
  compileOptions: ({ options: chosen, precision }) => ({ ...chosen, precision }),
  runOptions: () => ({}),
  loader: ({ facts, signature }) =>
    planLoader({ title: "TensorRT for RTX", packageName: "tensorrt-rtx", module: "tensorrt_rtx", facts, signature }),
};

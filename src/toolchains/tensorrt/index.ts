import { z } from "zod";
import type { JsonObject } from "../../domain/json.ts";
import { TOOLCHAIN_API, type Toolchain } from "../../domain/toolchain.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { isNvidia } from "./nvidia-target.ts";
import { planLoader } from "./plan-loader.ts";
import { retiredOptions } from "./retired-options.ts";

const options = z.strictObject({
  tf32: z
    .boolean()
    .default(false)
    .describe(
      "Let float32 matrix products round their inputs to TensorFloat-32. TensorRT's own default is yes; here float32 means float32.",
    ),
  optimizationLevel: z
    .int()
    .min(0)
    .max(5)
    .default(3)
    .describe("How long to look for fast kernels, from 0 (the first that works) to 5 (all are made and tried)."),
  ...retiredOptions,
}) as z.ZodType<JsonObject>;

/** Turing. CUDA 13, which TensorRT 11 is built on, makes code for no older GPU. */
const OLDEST = 75;

/** Full TensorRT 11: a plan tuned on the very kind of GPU it is for, in an image of NVIDIA's. Unverified on a GPU. */
export const tensorrt: Toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "tensorrt",
  title: "TensorRT",
  directory: containerDirectory("tensorrt"),
  library: containerDirectory("tensorrt-common"),
  makerImage: {
    holds: "TensorRT 11 with its Python module, and onnx and numpy beside it",
    source: "NVIDIA hands it out under its own licence, as nvcr.io/nvidia/tensorrt; docs/toolchains/tensorrt.md says what to add",
  },
  dynamicShapes: true,
  mainPackage: "tensorrt",
  options,
  canCompile({ target, precision }) {
    if (!isNvidia(target)) return { yes: false, why: "it makes plans for NVIDIA GPUs only" };
    if (Number(target.architecture.replace("sm_", "")) < OLDEST) {
      return { yes: false, why: `TensorRT 11 is for GPUs from sm_${OLDEST} on, and this is ${target.architecture}` };
    }
    if (precision === "bfloat16") return { yes: false, why: "this toolchain converts models to float16 and to no other narrow float" };
    return { yes: true };
  },
  canRun: () => ({ yes: true }),
  compileReadsHost: () => false,
  compileNeedsDevice: () => true,
  compileOptions: ({ options: chosen, precision }) => ({ ...chosen, precision }),
  runOptions: () => ({}),
  loader: ({ facts, signature }) => planLoader({ title: "TensorRT", packageName: "tensorrt", module: "tensorrt", facts, signature }),
};

import type { Toolchain } from "../domain/toolchain.ts";
import { onnxruntime } from "./onnxruntime/index.ts";
import { openvino } from "./openvino/index.ts";
import { tensorrtRtx } from "./tensorrt-rtx/index.ts";
import { tpu } from "./tpu/index.ts";
import { tvm } from "./tvm/index.ts";

/** The toolchains that come with Fettle, in the order they are listed. They enter by the same hook as a plug-in's. */
export const builtinToolchains: readonly Toolchain[] = [onnxruntime, openvino, tvm, tensorrtRtx, tpu];

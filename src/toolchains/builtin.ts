import type { Toolchain } from "../domain/toolchain.ts";
import { iree } from "./iree/index.ts";
import { onnxruntime } from "./onnxruntime/index.ts";
import { openvino } from "./openvino/index.ts";
import { poplar } from "./poplar/index.ts";
import { tensorrt } from "./tensorrt/index.ts";
import { tensorrtRtx } from "./tensorrt-rtx/index.ts";
import { tpu } from "./tpu/index.ts";
import { tvm } from "./tvm/index.ts";

/** The toolchains that come with Fettle, in the order they are listed. They enter by the same hook as a plug-in's. */
export const builtinToolchains: readonly Toolchain[] = [onnxruntime, openvino, tvm, tensorrt, tensorrtRtx, poplar, tpu, iree];

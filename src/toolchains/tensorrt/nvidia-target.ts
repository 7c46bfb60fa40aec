import type { GpuTarget, Target } from "../../domain/target.ts";

/** Whether a target is a GPU of NVIDIA's, driven through CUDA. */
export function isNvidia(target: Target): target is GpuTarget {
  return target.device === "gpu" && target.vendor === "nvidia" && target.api === "cuda";
}

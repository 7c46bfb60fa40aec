import type { GpuTarget, Target } from "../../domain/target.ts";

/** Per GPU interface: whose GPUs, the names IREE 3.13 compiles for, and its runtime's name for the device. Each was compiled for. */
const GPUS: Readonly<Partial<Record<GpuTarget["api"], { vendors: readonly string[]; architectures: readonly string[]; device: string }>>> =
  {
    cuda: { vendors: ["nvidia"], architectures: ["sm_75", "sm_80", "sm_86", "sm_89", "sm_120", "sm_121"], device: "cuda" },
    rocm: { vendors: ["amd"], architectures: ["gfx908", "gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"], device: "hip" },
    vulkan: {
      vendors: ["any", "nvidia", "amd", "arm", "qualcomm"],
      architectures: ["turing", "ampere", "ada", "rdna2", "rdna3", "rdna4", "valhall", "adreno"],
      device: "vulkan",
    },
  };

/** Why IREE makes nothing for a target, in a sentence with the mend; null where it does. */
export function whyNotTarget(target: Target): string | null {
  if (target.device === "cpu") return null;
  const gpu = target.device === "gpu" ? GPUS[target.api] : undefined;
  if (target.device !== "gpu" || gpu?.vendors.includes(target.vendor) !== true) {
    return "it compiles for CPUs, NVIDIA's GPUs through CUDA, AMD's through ROCm, and GPUs through Vulkan";
  }
  if (gpu.architectures.includes(target.architecture)) return null;
  const known = `IREE 3.13 does not compile for ${target.architecture} through ${target.api}; it does for ${gpu.architectures.join(", ")}`;
  const older = target.api === "cuda" ? newestBefore(target.architecture, gpu.architectures) : null;
  return older === null
    ? known
    : `${known}. Name a target of ${older}: its code is PTX, which the driver compiles for ${target.architecture}`;
}

/** The device, by the name IREE's runtime has for it, that runs what was compiled for a target. */
export function runtimeDevice(target: Target): string {
  return (target.device === "gpu" ? GPUS[target.api]?.device : undefined) ?? "local-sync";
}

/** The newest compute capability among `known` that a driver can compile PTX of for a later one. */
function newestBefore(architecture: string, known: readonly string[]): string | null {
  return known.findLast((each) => capability(each) < capability(architecture)) ?? null;
}

function capability(architecture: string): number {
  return Number(architecture.replace("sm_", ""));
}

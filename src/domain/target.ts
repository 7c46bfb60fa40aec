import type { AcceleratorKind } from "./accelerator.ts";

export type Architecture = "x86-64" | "aarch64";

/** A kind of hardware to produce for: one YAML file under targets/. Told apart by `device`. */
export type Target = CpuTarget | AcceleratorTarget;
export type AcceleratorTarget = GpuTarget | IpuTarget | TpuTarget | NpuTarget | OtherTarget;

interface TargetBase {
  readonly name: string;
  readonly title: string;
}

export interface CpuTarget extends TargetBase {
  readonly device: "cpu";
  readonly architecture: Architecture;
  /**
   * The CPU to generate code for, by the name LLVM and GCC use: `x86-64`, `x86-64-v3`, `cortex-a76`. `native` in a target
   * file is replaced by the host's level while the recipe is loaded, so a Target that reaches the planner never says `native`.
   */
  readonly cpu: string;
  /** Features (names of /proc/cpuinfo) an artifact for this target may rely on, sorted. */
  readonly features: readonly string[];
  /** C library the target runs, where shared libraries are linked for it. */
  readonly system: { readonly libc: "glibc"; readonly version: string };
}

interface AcceleratorBase extends TargetBase {
  readonly device: AcceleratorKind;
  /** `nvidia`, `amd`, `graphcore`, ...; `any` where one artifact serves several makers' devices. */
  readonly vendor: string;
  /** By the maker's own name: `sm_89`, `gfx942`, `ipu2`, `v5e`, `v75`. */
  readonly architecture: string;
  /** Architecture of the CPU beside it, which loads the artifact. */
  readonly host: Architecture;
  /** Memory that every device of this kind has at least; null where it shares the host's or varies too much to say. */
  readonly memoryBytes: number | null;
  readonly needs: DeviceNeeds;
  /** The maker's own compiler, where no toolchain that comes with Fettle makes anything for such hardware. */
  readonly unserved?: UnservedHardware;
}

/** Where code for some hardware comes from, and why Fettle does not drive that: three sentences without full stops. */
export interface UnservedHardware {
  /** What the compiler is, and where it is to be had. */
  readonly compiler: string;
  readonly why: string;
  /** What a plug-in that serves it would do. */
  readonly plugin: string;
}

/** What a command needs to see of the machine to use such a device, beside what is the chosen device's own. */
export interface DeviceNeeds {
  /** Kind of device by the Container Device Interface, without the device's own name: `nvidia.com/gpu`. */
  readonly cdi: string | null;
  /** Device nodes, or folders of them, that all such devices share: `/dev/nvidiactl`. */
  readonly nodes: readonly string[];
}

/** How programs reach a GPU. */
export const GPU_APIS = ["cuda", "rocm", "vulkan", "level-zero"] as const;
export type GpuApi = (typeof GPU_APIS)[number];

export interface GpuTarget extends AcceleratorBase {
  readonly device: "gpu";
  readonly api: GpuApi;
}

export interface IpuTarget extends AcceleratorBase {
  readonly device: "ipu";
  /** Chips one artifact is spread over. */
  readonly chips: number;
}

export interface TpuTarget extends AcceleratorBase {
  readonly device: "tpu";
  /** Shape of the slice, as `jax` names it: `1x1`. */
  readonly topology: string;
}

export interface NpuTarget extends AcceleratorBase {
  readonly device: "npu";
  /** The maker's number of the system on chip it is part of, where code depends on it. */
  readonly soc: string | null;
}

/** Hardware without a kind of its own: a wafer, a dataflow unit. */
export interface OtherTarget extends AcceleratorBase {
  readonly device: "accelerator";
}

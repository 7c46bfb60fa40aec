import type { DeviceGrant } from "./command.ts";

/** Kinds of hardware beside the CPU: graphics, Graphcore's, Google's, those of phones and laptops, and whatever has no kind of its own. */
export const ACCELERATOR_KINDS = ["gpu", "ipu", "tpu", "npu", "accelerator"] as const;
export type AcceleratorKind = (typeof ACCELERATOR_KINDS)[number];

/** `gpu:GPU-8f6c...`: the kind, and the name by which its driver tells this one from all others. */
export type AcceleratorId = `${AcceleratorKind}:${string}`;

/** One accelerator of this machine, as far as it could be asked. */
export interface Accelerator {
  readonly id: AcceleratorId;
  readonly device: AcceleratorKind;
  readonly vendor: string;
  /** As its driver names it: `NVIDIA L4`. */
  readonly name: string;
  /** In the words of target files: `sm_89`, `gfx942`; null where nothing here could tell. */
  readonly architecture: string | null;
  readonly memoryBytes: number | null;
  /** Version of the driver; null where nothing here could tell. */
  readonly driver: string | null;
  /** What a command needs to use this one and no other: nodes and names, and variables for the vendor's runtime. */
  readonly grants: readonly DeviceGrant[];
  readonly variables: Readonly<Record<string, string>>;
}

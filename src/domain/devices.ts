import type { AcceleratorId } from "./accelerator.ts";
import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

/** The host's CPU, all of it, or one accelerator. */
export type DeviceId = "cpu" | AcceleratorId;
export type LeaseMode = "shared" | "exclusive";

/** A device a step uses, and whether others may use it beside the step. */
export interface DeviceUse {
  readonly id: DeviceId;
  readonly mode: LeaseMode;
}

/** The right to use a device, ended by `release` or by the end of every process that holds one of its descriptors. */
export interface Lease {
  readonly device: DeviceId;
  readonly mode: LeaseMode;
  /** To hand on to the command that uses the device. */
  readonly descriptor: number;
  release(): void;
}

export interface DevicePool {
  /** Waits for the device against all Fettle work on this host. An exclusive waiter keeps new shared holders out, so it cannot starve. */
  acquire(device: DeviceId, mode: LeaseMode, options: { signal: AbortSignal; onWait?(): void }): Promise<Result<Lease, Failure>>;
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AcceleratorId } from "../domain/accelerator.ts";
import type { Limits } from "../domain/command.ts";
import type { DeviceId, DevicePool, DeviceUse } from "../domain/devices.ts";
import type { Failure } from "../domain/failure.ts";
import { emulatorOf, findAccelerator } from "../domain/host-fit.ts";
import { ok, type Result } from "../domain/result.ts";
import type { ExecutionQuery, RunSupport, Toolchain } from "../domain/toolchain.ts";
import { leaseDevices, releaseAll } from "../engine/lease-devices.ts";
import { stepLimits } from "../engine/step-limits.ts";
import type { WorkerSite } from "../engine/worker-call.ts";
import { deviceUses } from "../plan/step.ts";

/** Where and within what a worker is called. `at` is the folder of the workspace: named for what is tried. */
export interface Visit {
  readonly at: string;
  readonly verb: string;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  /** Hears that the worker is at work. */
  onProgress?(): void;
}

/** What all calls of one trial share. */
export interface BenchPlace {
  readonly folder: string;
  readonly services: WorkerSite["services"];
  readonly devices: DevicePool;
  readonly query: ExecutionQuery;
  readonly way: RunSupport;
  readonly toolchain: Toolchain;
  readonly signal: AbortSignal;
  /** Hears that a device has to be waited for. */
  onWait(device: DeviceId): void;
}

export interface OpenSite {
  readonly site: WorkerSite;
  /** Gives the devices back. */
  release(): void;
}

/** A workspace for a call, and the devices that a build's step of the kind would lease: other work on this machine is waited for. */
export async function openSite(place: BenchPlace, visit: Visit): Promise<Result<OpenSite, Failure>> {
  const workspace = join(place.folder, visit.at);
  await mkdir(join(workspace, "out"), { recursive: true });
  const log = `${workspace}.log`;
  await writeFile(log, "");
  const signal = visit.signal === undefined ? place.signal : AbortSignal.any([place.signal, visit.signal]);
  const leased = await leaseDevices(place.devices, devicesOf(place, visit.verb), { signal, onWait: (device) => place.onWait(device) });
  if (!leased.ok) return leased;
  const leases = leased.value;
  const site: WorkerSite = {
    ...{ services: place.services, label: `conformance ${visit.at}`, workspace, log, signal, leases },
    limits: { ...stepLimits(), ...visit.limits },
    progress: () => visit.onProgress?.(),
  };
  return ok({ site, release: () => releaseAll(leases) });
}

function devicesOf(place: BenchPlace, verb: string): DeviceUse[] {
  const accelerator = acceleratorOf(place);
  if (verb === "infer") return deviceUses({ usesCpu: true, accelerator });
  if (verb === "measure") return deviceUses({ usesCpu: true, accelerator, exclusive: true });
  const onDevice = verb === "compile" && place.toolchain.compileNeedsDevice?.(place.query) === true;
  return onDevice ? deviceUses({ usesCpu: true, accelerator, exclusive: true }) : deviceUses({ usesCpu: true });
}

/** The one that is compiled on or run on; what is emulated leaves the hardware alone. */
function acceleratorOf({ services, query: { target }, way }: BenchPlace): AcceleratorId | null {
  if (target.device === "cpu" || emulatorOf(way) !== null) return null;
  return findAccelerator(services.host, target)?.id ?? null;
}

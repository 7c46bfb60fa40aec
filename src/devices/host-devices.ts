import { join } from "node:path";
import type { DeviceId, DevicePool, Lease, LeaseMode } from "../domain/devices.ts";
import type { Failure } from "../domain/failure.ts";
import { ok, type Result } from "../domain/result.ts";
import { lockFile } from "../system/file-lock.ts";
import { leaseFolder, makeLeaseFolder } from "./lease-folder.ts";
import { type LeaseOwner, readOwner, writeOwner } from "./lease-owner.ts";

/** The devices of this machine, shared by kernel locks on one file each with all Fettle work on it. */
export class HostDevices implements DevicePool {
  readonly #folder: string;

  /** @param folder where the lock files lie; the host's common one by default */
  constructor(folder: string = leaseFolder(process.env)) {
    this.#folder = folder;
  }

  async acquire(device: DeviceId, mode: LeaseMode, options: { signal: AbortSignal; onWait?(): void }): Promise<Result<Lease, Failure>> {
    const folder = makeLeaseFolder(this.#folder);
    if (!folder.ok) return folder;
    const path = this.#file(device);
    // Everybody passes the turnstile, and who waits for the device waits in it: no stream of shared holders starves an exclusive one.
    const lock = await lockFile({ path, mode, turnstile: `${path}.turnstile`, permissions: 0o666, ...options });
    if (!lock.ok) return lock;
    if (mode === "exclusive") writeOwner(path);
    return ok({ device, mode, ...lock.value });
  }

  /** Who last took the device exclusively, for messages; null when nobody has. */
  owner(device: DeviceId): LeaseOwner | null {
    return readOwner(this.#file(device));
  }

  #file(device: DeviceId): string {
    // A device's own name may hold anything a driver thought of.
    return join(this.#folder, `${device.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.lock`);
  }
}

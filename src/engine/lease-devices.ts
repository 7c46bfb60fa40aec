import type { DeviceId, DevicePool, DeviceUse, Lease } from "../domain/devices.ts";
import type { Failure } from "../domain/failure.ts";
import { ok, type Result } from "../domain/result.ts";

export interface LeaseOptions {
  readonly signal: AbortSignal;
  /** Hears that a device is taken and has to be waited for. */
  onWait?(device: DeviceId): void;
}

/** All of the devices or none, in the order given. Everybody takes them in the same order, so that two never wait for each other. */
export async function leaseDevices(
  pool: DevicePool,
  uses: readonly DeviceUse[],
  { signal, onWait }: LeaseOptions,
): Promise<Result<readonly Lease[], Failure>> {
  const leases: Lease[] = [];
  for (const { id, mode } of uses) {
    const lease = await pool.acquire(id, mode, { signal, onWait: () => onWait?.(id) });
    if (!lease.ok) {
      releaseAll(leases);
      return lease;
    }
    leases.push(lease.value);
  }
  return ok(leases);
}

export function releaseAll(leases: readonly Lease[]): void {
  for (const lease of leases) lease.release();
}

import { describe, expect, test } from "vitest";
import type { DevicePool, Lease, LeaseMode } from "../../../src/domain/devices.ts";
import { NEVER } from "../../rig/commands.ts";

/** What every pool must do. `make` gives a new view, as another process would have it, of the same devices within one test. */
export function deviceContract(makeDevices: () => () => DevicePool): void {
  async function take(pool: DevicePool, mode: LeaseMode): Promise<Lease> {
    const lease = await pool.acquire("cpu", mode, { signal: NEVER, onWait: () => expect.unreachable(`${mode} had to wait`) });
    if (!lease.ok) throw new Error(lease.error.message);
    return lease.value;
  }

  /** Asks for a lease that must wait; settles when it waits, with a promise of the lease. */
  async function queue(pool: DevicePool, mode: LeaseMode, signal = NEVER): Promise<{ granted: Promise<Lease | null> }> {
    return await new Promise((resolve) => {
      const granted = pool.acquire("cpu", mode, { signal, onWait: () => resolve({ granted: leaseOf }) });
      const leaseOf = granted.then((lease) => (lease.ok ? lease.value : null));
    });
  }

  describe("leases", () => {
    test("shared ones go together, and are told apart from exclusive ones", async () => {
      const view = makeDevices();
      const leases = [await take(view(), "shared"), await take(view(), "shared"), await take(view(), "shared")];
      expect(leases.map(({ device, mode }) => `${device} ${mode}`)).toEqual(["cpu shared", "cpu shared", "cpu shared"]);
      for (const lease of leases) lease.release();
      (await take(view(), "exclusive")).release();
    });

    test("an exclusive one waits for all shared ones, and keeps everybody out", async () => {
      const view = makeDevices();
      const shared = [await take(view(), "shared"), await take(view(), "shared")];
      const exclusive = await queue(view(), "exclusive");
      shared[0]?.release();
      const second = await queue(view(), "shared");
      shared[1]?.release();
      const lease = await exclusive.granted;
      expect(lease?.mode).toBe("exclusive");
      let early = true;
      const after = second.granted.then((given) => {
        expect(early).toBe(false);
        given?.release();
      });
      early = false;
      lease?.release();
      await after;
    });

    test("shared ones that come later do not overtake a waiting exclusive one", async () => {
      const view = makeDevices();
      const first = await take(view(), "shared");
      const order: string[] = [];
      const note = (who: string, lease: Lease | null) => {
        order.push(who);
        lease?.release();
      };
      const exclusive = await queue(view(), "exclusive");
      const late = await queue(view(), "shared");
      const done = [exclusive.granted.then((lease) => note("exclusive", lease)), late.granted.then((lease) => note("shared", lease))];
      first.release();
      await Promise.all(done);
      expect(order).toEqual(["exclusive", "shared"]);
    });

    test("who gives up waiting lets the others in", async () => {
      const view = makeDevices();
      const holder = await take(view(), "shared");
      const stop = new AbortController();
      const exclusive = await queue(view(), "exclusive", stop.signal);
      const late = await queue(view(), "shared");
      stop.abort();
      expect(await exclusive.granted).toBeNull();
      expect((await late.granted)?.mode).toBe("shared");
      holder.release();
    });

    test("release twice is as good as once", async () => {
      const view = makeDevices();
      const lease = await take(view(), "exclusive");
      lease.release();
      lease.release();
      (await take(view(), "exclusive")).release();
    });
  });
}

import type { DeviceGrant } from "../domain/command.ts";
import type { Lease } from "../domain/devices.ts";
import type { Host } from "../domain/host.ts";
import type { Target } from "../domain/target.ts";

/** What a command is given to use the devices that are leased for it. */
export interface DeviceAccess {
  readonly grants: readonly DeviceGrant[];
  readonly variables: Readonly<Record<string, string>>;
}

export interface DeviceAccessSources {
  readonly host: Pick<Host, "accelerators">;
  readonly leases: readonly Pick<Lease, "device">[];
  /** Null for a request that is for no target, such as the baseline beside a candidate: it gets no device. */
  readonly target: Target | null;
}

/** Each leased accelerator's own nodes and names, and what all of the target's kind share. */
export function deviceAccess({ host, leases, target }: DeviceAccessSources): DeviceAccess {
  if (target === null || target.device === "cpu") return NONE;
  const leased = new Set<string>(leases.map(({ device }) => device));
  const used = host.accelerators.filter(({ id }) => leased.has(id));
  if (used.length === 0) return NONE;
  const own = used.flatMap(({ grants }) => grants);
  const known = new Set(own.flatMap((grant) => (grant.kind === "node" ? [grant.path] : [])));
  const shared = target.needs.nodes.filter((path) => !known.has(path)).map((path) => ({ kind: "node", path }) as const);
  return { grants: [...own, ...shared], variables: Object.assign({}, ...used.map(({ variables }) => variables)) };
}

const NONE: DeviceAccess = { grants: [], variables: {} };

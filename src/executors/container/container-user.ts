import { SANDBOX_ID } from "../sandbox/command-environment.ts";
import type { Engine } from "./engine.ts";

/** As whom a container's commands run, so that they are nobody special and the user can still remove what they write. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** The engine maps this very user into the container (podman's keep-id). */
  readonly keepId: boolean;
  /** The workspace must be handed over before, and back after: container and user are different on this machine. */
  readonly handOver: boolean;
}

/**
 * - root here: the kernel's "nobody" inside and outside; the workspace changes hands.
 * - a user with a daemon that runs as root (the group `docker`): that user's own id, without any of root's powers.
 * - rootless podman: that user's own id, by keep-id.
 * - rootless docker, which cannot keep ids: its root, which is the user outside and has no powers either.
 */
export function containerUser(
  engine: Pick<Engine, "name" | "rootless">,
  own: { readonly uid: number; readonly gid: number },
): ContainerUser {
  if (engine.rootless && engine.name === "docker") return { uid: 0, gid: 0, keepId: false, handOver: false };
  if (engine.rootless) return { ...own, keepId: true, handOver: false };
  if (own.uid !== 0) return { ...own, keepId: false, handOver: false };
  return { uid: SANDBOX_ID, gid: SANDBOX_ID, keepId: false, handOver: true };
}

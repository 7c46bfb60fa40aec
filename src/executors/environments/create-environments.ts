import { join } from "node:path";
import type { Environments } from "../../domain/environment.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { LockedEnvironments } from "./locked-environments.ts";

export interface EnvironmentsOptions {
  /** The store's root: environments, the download cache and uv live under it, on one file system so that files can be shared. */
  readonly root: string;
  /** Lock file that pins uv, for machines without one; the package's own by default. */
  readonly uvLock?: string;
  /** The user's environment variables. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends questions to interpreters early, for those who cannot wait long. */
  readonly signal?: AbortSignal;
}

/** Environments made by uv from hash-checked lock files. */
export function createEnvironments({ root, uvLock, env, signal }: EnvironmentsOptions): Environments {
  const ownLock = join(containerDirectory("uv"), "requirements.lock");
  return new LockedEnvironments({ root, uvLock: uvLock ?? ownLock, env: env ?? process.env, signal });
}

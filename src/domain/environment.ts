import type { Digest } from "./digest.ts";
import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

/** What a worker needs to run: a hash-checked lock, and the worker's own source. All paths absolute. */
export interface EnvironmentSpec {
  /** `openvino`, or `scripts`, or `scripts-<digest>` for a recipe's own requirements. */
  readonly name: string;
  /** requirements.lock in pip's format with `--hash` on every entry. */
  readonly lock: string;
}

/** An environment that may not exist yet, with the digest that stands for it in keys. */
export interface EnvironmentIdentity {
  readonly name: string;
  /** Over the lock's bytes, the interpreter's version and the platform. */
  readonly digest: Digest;
  /** `3.11.7` */
  readonly python: string;
}

/** An environment that exists: immutable, shared by every step that names it. */
export interface EnvironmentHandle extends EnvironmentIdentity {
  /** Absolute path of the virtual environment. */
  readonly root: string;
}

export interface Environments {
  /** Names the environment without making it; fast and without network. */
  identify(spec: EnvironmentSpec): Promise<Result<EnvironmentIdentity, Failure>>;
  /** Whether it exists already and can be used as it is. */
  isMade(identity: EnvironmentIdentity): Promise<boolean>;
  /** Makes it if need be. Several callers at once, in this process or others, make it once. `onProgress` gets short texts. */
  ensure(
    spec: EnvironmentSpec,
    options: { signal: AbortSignal; onProgress?(text: string): void },
  ): Promise<Result<EnvironmentHandle, Failure>>;
}

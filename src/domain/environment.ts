import type { Digest } from "./digest.ts";
import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

/** Architecture -> packages of a lock that are there in that architecture's build too. */
export type ForeignPackages = Readonly<Partial<Record<"x86-64" | "aarch64", readonly string[]>>>;

/** What a worker needs to run: a hash-checked lock, and the worker's own source. All paths absolute. */
export interface EnvironmentSpec {
  /** `openvino`, or `scripts`, or `scripts-<digest>` for a recipe's own requirements. */
  readonly name: string;
  /** requirements.lock in pip's format with `--hash` on every entry. */
  readonly lock: string;
  /** Packages of the lock that are installed a second time, as they are for another architecture; never in an image. */
  readonly foreign?: ForeignPackages;
  /** A maker's image to run in where an engine is used, by digest: `nvcr.io/nvidia/tensorrt@sha256:...`. The lock is not installed then. */
  readonly image?: string;
  /** Set where nothing but an image of the maker's will do, and Fettle may not hand one out: the user names it. */
  readonly needsImage?: MakerImageNeed;
}

/** What is missing while a maker's image is not named, in words. */
export interface MakerImageNeed {
  /** What it must hold: `Graphcore's Poplar SDK with PopART`. */
  readonly holds: string;
  /** Where it is to be had, and under whose licence. */
  readonly source: string;
}

/** A maker's own image, to run its toolchain in: pulled by its digest, never built or handed on by Fettle. */
export interface MakerImage {
  /** `registry/name@sha256:...`. */
  readonly reference: string;
  /** Absolute folder in it whose `bin/python` runs workers; null: its label or the usual places say. */
  readonly root: string | null;
}

/** An environment that may not exist yet, with the digest that stands for it in keys. */
export interface EnvironmentIdentity {
  readonly name: string;
  /** Over the lock's bytes, and the interpreter's version, the platform and the foreign packages, or the base image's digest and the Containerfile. */
  readonly digest: Digest;
  /** `3.11.7`; null where an image decides and does not exist yet. */
  readonly python: string | null;
}

/** An image in an engine's own store. */
export interface ImageReference {
  /** The engine's id, `sha256:...`: the digest of the image's configuration. It differs from build to build. */
  readonly id: string;
  /** `registry/name@sha256:...` it was pulled from or pushed to; null for an image that has only been built here. */
  readonly pinned: string | null;
}

/** An environment that exists: immutable, shared by every step that names it. */
export interface EnvironmentHandle extends EnvironmentIdentity {
  /** Absolute path of the virtual environment as commands see it: on this machine, or in the image. */
  readonly root: string;
  /** The image that holds it; null: `root` is a folder of this machine. */
  readonly image: ImageReference | null;
  /** What the image sets for whatever runs in it: where a maker's libraries are. Absent: nothing. */
  readonly variables?: Readonly<Record<string, string>>;
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

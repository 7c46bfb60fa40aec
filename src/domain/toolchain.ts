import type { z } from "zod";
import type { ForeignPackages, MakerImageNeed } from "./environment.ts";
import type { ArtifactFacts } from "./facts.ts";
import type { Host } from "./host.ts";
import type { JsonObject } from "./json.ts";
import type { ModelFacts } from "./model-facts.ts";
import type { Precision } from "./precision.ts";
import type { Target } from "./target.ts";
import type { ModelSignature } from "./tensor.ts";

/** Version of this contract; a plug-in that names another is refused with a diagnostic. */
export const TOOLCHAIN_API = 1;

export type Support = { readonly yes: true } | { readonly yes: false; readonly why: string };

/**
 * How something can be run on a host: on such hardware itself, or emulated by a program (`qemu-aarch64`, a vendor's simulator).
 * What is run emulated is proven as far as `emulated`, and its speed is never measured.
 */
export type RunSupport = Support | { readonly yes: true; readonly how: "emulated"; readonly by: string };

export interface CandidateQuery {
  readonly target: Target;
  readonly precision: Precision;
  /** Already checked against `options`, defaults filled in. */
  readonly options: JsonObject;
  /**
   * The recipe's model as it is written, while a recipe is checked and planned; the prepared model, before it is compiled. Absent where
   * the model is not on this machine yet, and where abilities are listed.
   */
  readonly model?: ModelFacts;
}

export interface ExecutionQuery extends CandidateQuery {
  readonly threads: number;
}

/**
 * A compiler and its runtime, as data and pure functions: it says what it can do and what to ask its worker; it never
 * spawns, logs or writes the store. Built-in toolchains and a vendor's plug-in come through the same oclif hook, `toolchains`.
 */
export interface Toolchain {
  readonly apiVersion: typeof TOOLCHAIN_API;
  /** The word recipes use. */
  readonly name: string;
  readonly title: string;
  /** Absolute folder with `requirements.lock` and `worker.py`. */
  readonly directory: string;
  /** Absolute folder of Python sources that the worker imports beside its own, for toolchains that share code. Absent: none. */
  readonly library?: string;
  /** Newest opset it reads, where that is older than the one models are brought to: they are then prepared apart for it. Absent: any. */
  readonly newestOpset?: number;
  /**
   * Packages of its lock that are installed a second time for another architecture, whose programs the worker runs by an emulator:
   * `{ aarch64: ["iree-base-runtime"] }`. They lie in `foreign/aarch64` of the environment, except in images. Absent: none.
   */
  readonly foreignPackages?: ForeignPackages;
  /** What it runs in, where that is an image of its maker's alone, which a user has to name: its lock then lists nothing. Absent: its lock. */
  readonly makerImage?: MakerImageNeed;
  /** Whether compiling the same again gives the same bytes. Absent: not promised; nothing rests on it but what a user is told. */
  readonly reproducible?: boolean;
  /**
   * Whether it makes artifacts that take every size of a range, as a prepared model's signature has them (`ranges`). Absent: no, and
   * recipes that ask for a range go without it.
   */
  readonly dynamicShapes?: boolean;
  /** Package whose version is shown as the toolchain's: read from the lock. */
  readonly mainPackage: string;
  /** Options a recipe may set, with defaults. Becomes part of the recipe's JSON Schema. */
  readonly options: z.ZodType<JsonObject>;
  /** Whether this toolchain can make an artifact of this precision for this target, of this model where one is known. Pure. */
  canCompile(query: CandidateQuery): Support;
  /**
   * Whether and how this host can run what was made for the target. Pure. It is asked on every host: where the host is not
   * such hardware, a plain yes counts for nothing, and only `how: "emulated"` or a reason why not is heard.
   */
  canRun(query: CandidateQuery, host: Host): RunSupport;
  /** Whether what `compile` makes depends on the host's CPU (an ahead-of-time blob of a just-in-time runtime). */
  compileReadsHost(query: CandidateQuery): boolean;
  /** Whether `compile` runs on the target's device, to tune on it: it is then leased exclusively, and must be here. Absent: never. */
  compileNeedsDevice?(query: CandidateQuery): boolean;
  /** `options` of the worker's `compile` request. */
  compileOptions(query: CandidateQuery): JsonObject;
  /** `options` of the worker's `infer` and `measure` requests, apart from the common ones (threads, split, bind). */
  runOptions(query: ExecutionQuery): JsonObject;
  /** Runnable Python that loads the artifact in its own folder with the toolchain's runtime and runs it once on zeros. */
  loader(query: CandidateQuery & { facts: ArtifactFacts; signature: ModelSignature }): string;
}

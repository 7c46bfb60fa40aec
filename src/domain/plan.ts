import type { Limits } from "./command.ts";
import type { DeviceUse } from "./devices.ts";
import type { Digest } from "./digest.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Precision } from "./precision.ts";
import type { ProofLevel } from "./proof.ts";
import type { Recipe, RecipeTarget } from "./recipe.ts";
import type { StepSpecs } from "./step-specs.ts";

export const STEP_KINDS = [
  "fetch",
  "prepare",
  "data",
  "reference",
  "compile",
  "infer",
  "validate",
  "measure",
  "select",
  "publish",
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

declare const stepBrand: unique symbol;
/** Unique in its plan and readable: `compile cpu-x64 openvino/bfloat16`. */
export type StepId = string & { readonly [stepBrand]: true };

/** An edge of the plan. */
export interface Need {
  readonly step: StepId;
  /** The name the step's operation knows this input by. */
  readonly as: string;
  /**
   * - `content` (the default): what the needed step gave is an input, and in the key.
   * - `gate`: the operation looks whether to run at all; not in the key, since it does not change the result.
   * - `settled`: the step runs once the needed one has ended, however it ended (select looks at failed candidates too).
   */
  readonly how?: "content" | "gate" | "settled";
}

/** One unit of work, as data. */
export interface StepOf<K extends StepKind> {
  readonly id: StepId;
  readonly kind: K;
  readonly target: string | null;
  readonly candidate: string | null;
  readonly needs: readonly Need[];
  /** What the operation of this kind reads. Paths and the like live here, outside the key. */
  readonly spec: StepSpecs[K];
  /** Leased before it runs, in this order: accelerators first, so that nobody holds the CPU while waiting for one. */
  readonly devices: readonly DeviceUse[];
  readonly limits: Limits;
  readonly definition: StepDefinition;
  /** Digest of the definition: known before anything runs, shown by `plan`. */
  readonly key: Digest;
}

export type Step = { [K in StepKind]: StepOf<K> }[StepKind];

/**
 * Everything that decides a step's result, and nothing else. Not in it, by design: paths, job counts, log levels, device
 * indexes, time limits.
 */
export interface StepDefinition {
  readonly kind: StepKind;
  /** Raised when the operation itself changes what it does. */
  readonly version: number;
  /** Name -> digest of contents that come from outside the plan: model, external data, data files, scripts. */
  readonly contents: Readonly<Record<string, Digest>>;
  /** Name -> definition key of the step that gives it. In the content key its place is taken by the digest of what the step gave. */
  readonly steps: Readonly<Record<string, Digest>>;
  readonly options: Json;
  /** The environment's digest: lock file and interpreter. */
  readonly environment: Digest | null;
  /** Digest of the worker's source and of the protocol's Python half. */
  readonly worker: Digest | null;
  readonly target: Json;
  /** Host features the result depends on; null for results that hold anywhere. */
  readonly host: Json;
}

/** The steps that make and prove one candidate; null where this host cannot run it. */
interface CandidateSteps {
  readonly compile: StepId;
  readonly infer: StepId | null;
  readonly validate: StepId | null;
  readonly measure: StepId | null;
}

/** Target x toolchain x variant x options. */
export interface Candidate {
  /** `openvino/bfloat16`: unique within its target. */
  readonly id: string;
  readonly target: string;
  readonly toolchain: string;
  /** Version of the toolchain's main package, from its lock. */
  readonly version: string;
  readonly precision: Precision;
  readonly options: JsonObject;
  /** What this host can do with it: null when it can be run, else why not. */
  readonly cannotRun: string | null;
  /** The program it is run by where this host is not such hardware; null on the hardware itself, and where it is not run. */
  readonly emulatedBy: string | null;
  readonly steps: CandidateSteps;
}

/** A combination the recipe asks for that no toolchain serves; listed so that nothing is dropped in silence. */
export interface Untried {
  readonly target: string;
  readonly id: string;
  readonly why: string;
}

export interface PlannedTarget {
  readonly name: string;
  readonly use: RecipeTarget;
  readonly require: ProofLevel;
  readonly candidates: readonly Candidate[];
  readonly untried: readonly Untried[];
  readonly select: StepId;
  readonly publish: StepId;
}

/** The graph of steps, in an order in which every step comes after those it needs. */
export interface Plan {
  readonly recipe: Recipe;
  readonly steps: readonly Step[];
  readonly targets: readonly PlannedTarget[];
}

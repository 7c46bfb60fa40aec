import type { ProofLevel } from "./proof.ts";
import type { RecipeSource } from "./report.ts";

export const MATRIX_SCHEMA = "fettle.matrix/1";

/** The jobs that build recipes in a CI system: one for each target of each recipe. Its JSON Schema is schemas/matrix.schema.json. */
export interface Matrix {
  readonly schema: typeof MATRIX_SCHEMA;
  readonly jobs: readonly MatrixJob[];
  /** Optional targets that nothing describes where the matrix was printed: no job is planned for them. Absent: none. */
  readonly unavailable?: readonly UnavailableTarget[];
}

export interface UnavailableTarget {
  readonly recipe: string;
  readonly target: string;
  readonly require: ProofLevel;
  readonly source: RecipeSource;
  /** What is not installed, and what would bring it. */
  readonly why: string;
}

export interface MatrixJob {
  /** Unique; letters, digits, `_` and `-`, starting with a letter or `_`: fit for the id of a job, an artifact and a folder. */
  readonly id: string;
  readonly recipe: string;
  readonly target: string;
  readonly require: ProofLevel;
  /** That its target cannot be built for on the runner does not fail it. Absent: it does. */
  readonly optional?: true;
  readonly source: RecipeSource;
  /** Labels of the runner the job needs. */
  readonly runner: readonly string[];
  /** Words after `fettle`: `build`, the recipe's file, `--target` and the target. */
  readonly arguments: readonly string[];
  /** What the job tries, toolchain by toolchain, where that was asked for. */
  readonly toolchains?: readonly MatrixToolchain[];
}

/** One toolchain of a job. It is no job of its own: which of a target's candidates wins is decided by timing them on one machine. */
export interface MatrixToolchain {
  readonly name: string;
  /** Ids of its candidates: `tvm#2/float32`. */
  readonly candidates: readonly string[];
  readonly untried: readonly { readonly id: string; readonly why: string }[];
}

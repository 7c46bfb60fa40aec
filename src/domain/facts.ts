import type { JsonObject } from "./json.ts";

/** Share of the executed work that ran in one precision, each from 0 to 1; `time` is null where the runtime has no per-operator times. */
export interface PrecisionShare {
  readonly ops: number;
  readonly time: number | null;
}

/** What a worker read back about what was really built. */
export interface ArtifactFacts {
  /** Package name -> version, of everything that shaped the artifact. */
  readonly versions: Readonly<Record<string, string>>;
  /** Files of the artifact, relative to its folder; the first is the one to load. */
  readonly files: readonly string[];
  /** What the artifact needs where it runs. */
  readonly requires: RuntimeRequirements;
  /** Anything else the toolchain reports: triple, target CPU, kernel counts. */
  readonly details: JsonObject;
  /** Plain sentences a user should read (a fallback that was taken, an option that was ignored). */
  readonly notes: readonly string[];
}

export interface RuntimeRequirements {
  readonly architecture: "x86-64" | "aarch64" | "any";
  readonly cpuFeatures: readonly string[];
  /** Runtime package -> exact version. */
  readonly packages: Readonly<Record<string, string>>;
}

/** What a worker read back while the artifact ran. */
export interface ExecutionFacts {
  /** Precision name as the runtime gives it (`float32`, `bfloat16`, `int8`, ...) -> share. */
  readonly executedPrecision: Readonly<Record<string, PrecisionShare>>;
  /** How the shares were found: read from the runtime while it ran, or only declared by the artifact. */
  readonly precisionEvidence: "executed" | "declared";
  /** Device name -> share of operators placed there. */
  readonly placement: Readonly<Record<string, number>>;
  readonly details: JsonObject;
  readonly notes: readonly string[];
}

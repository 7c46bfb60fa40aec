import type { AcceleratorKind } from "./accelerator.ts";
import type { JsonObject } from "./json.ts";

/** Share of the executed work that ran in one precision, each from 0 to 1; `time` is null where the runtime has no per-operator times. */
export interface PrecisionShare {
  readonly ops: number;
  readonly time: number | null;
}

/** A figure that a compiler works out without running anything. Never a measurement, and always shown as an estimate. */
export interface Estimate {
  /** What it is of, in words: `time of one inference`, `peak memory`. */
  readonly of: string;
  readonly value: number;
  readonly unit: "s" | "bytes" | "flop" | "cycles" | "J" | "count";
  /** Whose model says so: `XLA's cost analysis for TPU v5e`. */
  readonly by: string;
}

/** What is known of an artifact before it has run on any device. */
export interface DeclaredFacts {
  /** Precision -> share, from 0 to 1, of the network's operators declared in it. What a device executes may differ. */
  readonly precision: Readonly<Record<string, number>>;
  readonly estimates: readonly Estimate[];
}

/** What a worker read back about what was really built. */
export interface ArtifactFacts {
  /** Package name -> version, of everything that shaped the artifact. */
  readonly versions: Readonly<Record<string, string>>;
  /** Files of the artifact, relative to its folder; the first is the one to load. */
  readonly files: readonly string[];
  /** What the artifact needs where it runs. */
  readonly requires: RuntimeRequirements;
  /** Null where nothing is known before it runs. */
  readonly declared: DeclaredFacts | null;
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
  /** The accelerator it needs; null for what runs on the CPU. */
  readonly device: RequiredDevice | null;
}

export interface RequiredDevice {
  readonly device: AcceleratorKind;
  readonly vendor: string;
  /** Architectures that can load it, in the words of target files: `["sm_89"]`; empty: any of the vendor's. */
  readonly architectures: readonly string[];
  /** Oldest driver that can load it; null where it is not tied to one. */
  readonly driver: string | null;
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

import { probeHost } from "../devices/probe-host.ts";
import type { Host } from "../domain/host.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Precision } from "../domain/precision.ts";
import type { Target } from "../domain/target.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import type { ExecutionChoice } from "../engine/execution/execution-choice.ts";
import { loadTargets } from "../recipe/targets/load-targets.ts";

/** A toolchain with what it is tried on. */
export interface Subject {
  readonly toolchain: Toolchain;
  /** One that it compiles for: `findTarget` gives it by name. */
  readonly target: Target;
  readonly precision: Precision;
  /** As a recipe would write them; the rest are their defaults. */
  readonly options?: JsonObject;
  /** Bytes of an ONNX model with float32 inputs of fixed shapes that it can do; the kit's own float32 network by default. */
  readonly model?: Uint8Array;
  /** Folder of environments: FETTLE_HOME by default. */
  readonly home?: string;
  /**
   * What its worker runs in: the sandbox by default. A toolchain that runs in an image of its maker's needs an engine and the image:
   * `{ executor: "podman", images: new Map([["anvil", { reference: "registry.example/anvil@sha256:...", root: null }]]) }`.
   */
  readonly execution?: Partial<ExecutionChoice>;
  /** The machine it is tried on, as it was probed: this one by default. */
  readonly host?: Host;
}

/** How a subject's worker is run. */
export function subjectExecution({ execution }: Subject): ExecutionChoice {
  const base = process.env.FETTLE_BASE_IMAGE ?? null;
  return { executor: "sandbox", isolation: "auto", strict: false, base, images: new Map(), prefer: null, ...execution };
}

/** A target by its name: a built-in one, or one of the folders given. Throws for one that is not there or has faults. */
export async function findTarget(name: string, folders: readonly string[] = []): Promise<Target> {
  const { targets, faults } = await loadTargets({ host: await probeHost(), folders });
  const target = targets.get(name);
  if (target === undefined) throw new Error(faults.get(name)?.[0]?.message ?? `there is no target ${name}`);
  return target;
}

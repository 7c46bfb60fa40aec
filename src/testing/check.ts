import type { Failure } from "../domain/failure.ts";
import type { Result } from "../domain/result.ts";
import type { Answer, Bench } from "./bench.ts";
import type { Compiled } from "./compiled.ts";
import type { Material } from "./material.ts";

/** What a check found. `not-applicable` is for what this machine or this toolchain cannot show, and says why. */
export interface Outcome {
  readonly status: "passed" | "failed" | "not-applicable";
  /** One sentence: what was seen. */
  readonly message: string;
}

/** What checks work with. */
export interface Trial {
  readonly bench: Bench;
  readonly material: Material;
  /** The worker's answer to `probe`. */
  readonly probe: Result<Answer, Failure>;
  /** The sample model's artifact; null where it could not be compiled, which the check `compiles` says. */
  readonly compiled: Compiled | null;
}

export interface Check {
  readonly name: string;
  /** What must hold, in a sentence. */
  readonly title: string;
  run(trial: Trial): Promise<Outcome> | Outcome;
}

export function passed(message: string): Outcome {
  return { status: "passed", message };
}

export function failed(message: string): Outcome {
  return { status: "failed", message };
}

export function notApplicable(message: string): Outcome {
  return { status: "not-applicable", message };
}

/** A failure in one line, with what points to its cause and to its mend. */
export function told({ reason, message, keyLine, hint }: Failure): string {
  const said = `${reason}: ${message}${keyLine === undefined ? "" : ` (${keyLine})`}`;
  return hint === undefined ? said : `${said.replace(/\.$/, "")}; ${hint}`;
}

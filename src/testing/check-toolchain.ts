import type { BuildEventBody } from "../domain/event.ts";
import type { Failure } from "../domain/failure.ts";
import { ok, type Result } from "../domain/result.ts";
import { type Bench, openBench } from "./bench.ts";
import { type Check, failed, notApplicable, type Outcome, type Trial, told } from "./check.ts";
import { contract } from "./checks/contract.ts";
import { loaderIsPython } from "./checks/loading.ts";
import { takesRanges } from "./checks/ranges.ts";
import { refusesDamage, refusesGarbage, refusesOperators } from "./checks/refusing.ts";
import { agrees, measures, tellsExecution, wrongIsCaught } from "./checks/running.ts";
import { canBeCancelled, canTimeOut, crashIsNoResult } from "./checks/stopping.ts";
import { compiles, probes, repeats, states } from "./checks/working.ts";
import { compileFolder } from "./compiled.ts";
import { makeMaterial } from "./material.ts";
import type { Subject } from "./subject.ts";

/** What every toolchain is held to, in the order in which it is tried. */
export const CHECKS: readonly Check[] = [
  contract,
  probes,
  compiles,
  states,
  repeats,
  loaderIsPython,
  agrees,
  tellsExecution,
  wrongIsCaught,
  measures,
  takesRanges,
  refusesOperators,
  refusesGarbage,
  refusesDamage,
  canBeCancelled,
  canTimeOut,
  crashIsNoResult,
];

export interface Finding extends Outcome {
  readonly check: string;
  readonly title: string;
  readonly seconds: number;
}

export interface CheckOptions {
  /** Ends the trial: the findings so far are given. */
  readonly signal?: AbortSignal;
  onFinding?(finding: Finding): void;
  /** Hears what workers are run in, and how the making of their environments goes: `fettle build --events` has the same. */
  emit?(event: BuildEventBody): void;
}

/**
 * Tries a toolchain for real: its worker runs in the sandbox, or in the engine that the subject names, and its environment is made if
 * need be. A finding for each check; a check that cannot even be begun is `failed` with the reason. Rejects never.
 */
export async function checkToolchain(subject: Subject, options: CheckOptions = {}): Promise<readonly Finding[]> {
  const { signal = new AbortController().signal, onFinding, emit = () => undefined } = options;
  const bench = await openBench(subject, { signal, emit });
  if (!bench.ok) return CHECKS.map((check) => finding(check, failed(told(bench.error)), 0));
  const findings: Finding[] = [];
  try {
    const trial = await openTrial(bench.value);
    for (const check of CHECKS) {
      const began = performance.now();
      const outcome = trial.ok ? await tried(check, trial.value) : failed(`the sample model cannot be prepared: ${told(trial.error)}`);
      if (signal.aborted) break;
      const found = finding(check, outcome, (performance.now() - began) / 1000);
      findings.push(found);
      onFinding?.(found);
    }
  } finally {
    await bench.value.close();
  }
  return findings;
}

async function openTrial(bench: Bench): Promise<Result<Trial, Failure>> {
  const material = await makeMaterial(bench);
  if (!material.ok) return material;
  const probe = await bench.call({ at: "probe", verb: "probe" });
  const trial = { bench, material: material.value, probe, compiled: null };
  if (!probe.ok || !bench.compiling.yes) return ok(trial);
  const compiled = await compileFolder(bench, "compile", material.value.prepared);
  return ok({ ...trial, compiled: compiled.ok ? compiled.value : null });
}

async function tried(check: Check, trial: Trial): Promise<Outcome> {
  const idle = whyNotTried(check, trial);
  if (idle !== null) return notApplicable(idle);
  try {
    return await check.run(trial);
  } catch (error) {
    // A toolchain's own functions may throw: that is what is found then.
    return failed(`it threw: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** One cause is told once: what rests on it is not tried. */
function whyNotTried(check: Check, { probe, bench: { compiling } }: Trial): string | null {
  if (check === contract || check === probes) return null;
  if (!probe.ok) return `its worker cannot work here, which \`${probes.name}\` tells of`;
  return compiling.yes ? null : compiling.why;
}

function finding({ name, title }: Check, outcome: Outcome, seconds: number): Finding {
  return { check: name, title, seconds, ...outcome };
}

import type { Failure } from "../domain/failure.ts";
import { ok, type Result } from "../domain/result.ts";
import { type Bench, openBench } from "./bench.ts";
import { type Check, failed, type Outcome, type Trial, told } from "./check.ts";
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

/**
 * Tries a toolchain for real: its worker runs in the sandbox and its environment is made if need be. A finding for each check;
 * a check that cannot even be begun is `failed` with the reason. Rejects never.
 */
export async function checkToolchain(subject: Subject, onFinding: (finding: Finding) => void = () => {}): Promise<readonly Finding[]> {
  const bench = await openBench(subject);
  if (!bench.ok) return CHECKS.map((check) => finding(check, failed(told(bench.error)), 0));
  const findings: Finding[] = [];
  const trial = await openTrial(bench.value);
  for (const check of CHECKS) {
    const began = performance.now();
    const outcome = trial.ok ? await tried(check, trial.value) : failed(`the sample model cannot be prepared: ${told(trial.error)}`);
    const found = finding(check, outcome, (performance.now() - began) / 1000);
    findings.push(found);
    onFinding(found);
  }
  await bench.value.close();
  return findings;
}

async function openTrial(bench: Bench): Promise<Result<Trial, Failure>> {
  const material = await makeMaterial(bench);
  if (!material.ok) return material;
  const compiled = await compileFolder(bench, "compile", material.value.prepared);
  return ok({ bench, material: material.value, compiled: compiled.ok ? compiled.value : null });
}

/** A toolchain's own functions may throw: that is what is found then. */
async function tried(check: Check, trial: Trial): Promise<Outcome> {
  try {
    return await check.run(trial);
  } catch (error) {
    return failed(`it threw: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function finding({ name, title }: Check, outcome: Outcome, seconds: number): Finding {
  return { check: name, title, seconds, ...outcome };
}

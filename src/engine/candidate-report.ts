import type { Agreement } from "../domain/agreement.ts";
import type { Failure } from "../domain/failure.ts";
import type { ProofLevel } from "../domain/proof.ts";
import type { CandidateReport } from "../domain/report.ts";
import type { SelectCandidate } from "../domain/step-specs.ts";
import type { VerdictKind, VerdictReason } from "../domain/verdict.ts";
import type { DoneOutcome, StepOutcome } from "./operation.ts";
import { type Measurement, measurementOf, type Validation, validationOf } from "./verdicts.ts";
import { artifactFactsSchema, executionFactsSchema } from "./worker-schemas.ts";

type Inputs = ReadonlyMap<string, StepOutcome>;

/** Puts together what the steps of one candidate found. `inputs` has its outcomes as `<id> compile`, `<id> infer`, ... */
export function candidateReport(candidate: SelectCandidate, inputs: Inputs): CandidateReport {
  const found = findings(candidate, inputs);
  const { id, toolchain, version, precision } = candidate;
  return {
    id,
    toolchain,
    version,
    precision,
    ...judge(candidate, found),
    failure: found.failure,
    agreement: found.validation?.agreement ?? null,
    facts: found.facts,
    declared: found.declared,
    speed: found.measurement?.speed ?? null,
    bytes: found.bytes,
    notes: found.notes,
  };
}

interface Findings {
  /** The first failure on the candidate's way. */
  readonly failure: Failure | null;
  /** Why an emulator could not show what it was asked to, which says nothing against the artifact: that is compiled all the same. */
  readonly notEmulated: Failure | null;
  readonly facts: CandidateReport["facts"];
  readonly declared: CandidateReport["declared"];
  readonly validation: (Validation & { agreement: Agreement }) | null;
  readonly measurement: Measurement | null;
  readonly bytes: number | null;
  readonly notes: readonly string[];
}

function findings({ id, emulatedBy }: SelectCandidate, inputs: Inputs): Findings {
  const outcome = (kind: string) => inputs.get(`${id} ${kind}`);
  const compile = done(outcome("compile"));
  const infer = done(outcome("infer"));
  const validate = done(outcome("validate"));
  const measure = done(outcome("measure"));
  const artifact = compile && artifactFactsSchema.parse(compile.result);
  const facts = infer && executionFactsSchema.parse(infer.result);
  const notEmulated = emulatedBy === null || compile === null ? null : outOfReach(outcome("infer"));
  return {
    failure: notEmulated === null ? firstFailure(["compile", "infer", "validate", "measure"].map(outcome)) : null,
    notEmulated,
    facts: facts ?? null,
    declared: artifact?.declared ?? null,
    validation: validate ? validationOf(validate.result) : null,
    measurement: measure ? measurementOf(measure.result) : null,
    bytes: compile?.record?.tree.files.reduce((sum, file) => sum + file.size, 0) ?? null,
    notes: [...new Set([...(artifact?.notes ?? []), ...(facts?.notes ?? [])])],
  };
}

function done(outcome: StepOutcome | undefined): DoneOutcome | null {
  return outcome?.state === "done" ? outcome : null;
}

/** An emulator takes many times as long as the hardware, and an environment of its own. */
function outOfReach(infer: StepOutcome | undefined): Failure | null {
  if (infer?.state !== "failed") return null;
  return ["timed-out", "environment-unavailable"].includes(infer.failure.reason) ? infer.failure : null;
}

function firstFailure(outcomes: readonly (StepOutcome | undefined)[]): Failure | null {
  for (const outcome of outcomes) {
    if (outcome?.state === "failed") return outcome.failure;
    if (outcome?.state === "skipped" && outcome.why === "needs") {
      return { reason: "dependency-failed", message: `It was not tried: it ${outcome.because}.` };
    }
    if (outcome?.state === "skipped" && outcome.why === "stopped") {
      return { reason: "interrupted", message: "The build was stopped before it was done." };
    }
  }
  return null;
}

interface Judgement {
  readonly verdict: VerdictKind;
  readonly proof: ProofLevel | null;
  readonly reason: VerdictReason;
}

/** The worst finding decides: a failure, then a rejection by the outputs, then by the latency. */
function judge(candidate: SelectCandidate, found: Findings): Judgement {
  const { failure, notEmulated, validation, measurement } = found;
  if (failure) return { verdict: "failed", proof: null, reason: { code: failure.reason, message: failure.message } };
  if (candidate.cannotRun !== null) {
    return {
      verdict: "accepted",
      proof: "compiled",
      reason: { code: "not-run-here", message: `compiled, not run: ${candidate.cannotRun}` },
    };
  }
  if (notEmulated) return { verdict: "accepted", proof: "compiled", reason: notShown(notEmulated, candidate.emulatedBy) };
  if (!validation) throw new Error(`candidate ${candidate.id} neither failed nor was validated`);
  if (validation.verdict !== "accepted") return { verdict: validation.verdict, proof: null, reason: validation.reason };
  if (candidate.emulatedBy !== null) return { verdict: "accepted", proof: "emulated", reason: emulated(validation, candidate.emulatedBy) };
  if (!measurement) return { verdict: "accepted", proof: "validated", reason: validation.reason };
  if (measurement.verdict !== "accepted") return { verdict: measurement.verdict, proof: "measured", reason: measurement.reason };
  return { verdict: "accepted", proof: "measured", reason: validation.reason };
}

function notShown({ message }: Failure, by: string | null): VerdictReason {
  return { code: "not-run-here", message: `compiled, and ${by} could not show that it runs: ${message}` };
}

function emulated({ reason }: Validation, by: string): VerdictReason {
  return { code: reason.code, message: `${reason.message}, run by ${by} and not on the hardware` };
}

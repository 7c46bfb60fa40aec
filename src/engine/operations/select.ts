import { z } from "zod";
import type { Failure } from "../../domain/failure.ts";
import { asJson } from "../../domain/json.ts";
import { precisionRank } from "../../domain/precision.ts";
import { meetsProof, PROOF_LEVELS } from "../../domain/proof.ts";
import { absenceText } from "../../domain/recipe.ts";
import type { CandidateReport, TargetReport } from "../../domain/report.ts";
import { ok } from "../../domain/result.ts";
import type { SelectSpec } from "../../domain/step-specs.ts";
import { candidateReport } from "../candidate-report.ts";
import { type Operation, type OperationContext, withoutWorker } from "../operation.ts";

/** What select decides of a target; the report's target is this and what publish adds. */
export interface Choice {
  readonly status: TargetReport["status"];
  readonly reason: TargetReport["reason"];
  readonly winner: string | null;
  readonly candidates: readonly CandidateReport[];
  readonly notes: readonly string[];
}

/** Chooses one candidate per target: the fastest of those accepted, and says when the choice was close or not worth it. */
export const select: Operation<"select"> = {
  kept: false,
  async run(context) {
    const unchanged = [...context.inputs.values()].every((input) => (input.state === "done" ? input.cached : input.state === "skipped"));
    return ok({ ...withoutWorker(asJson(choose(context))), unchanged });
  },
  summarise(result) {
    const { winner, reason } = z
      .object({ winner: z.string().nullable(), reason: z.object({ message: z.string() }).nullable() })
      .parse(result);
    return winner ?? reason?.message ?? null;
  },
};

function choose(context: OperationContext<"select">): Choice {
  const { require, candidates: planned, absent } = context.step.spec;
  const candidates = planned.map((each) => candidateReport(each, context.inputs));
  const proven = candidates.filter((each) => each.verdict === "accepted" && each.proof !== null && meetsProof(each.proof, require));
  const [winner, ...others] = proven.toSorted(byProofThenSpeed);
  if (!winner) return { ...noWinner(candidates, { require, absent }), winner: null, candidates, notes: [] };
  const fastest = new Set([winner, ...others.filter((each) => isTie(winner, each))]);
  // In the recipe's order again: which of two equals happened to come out ahead must not decide.
  const equals = proven.filter((each) => fastest.has(each));
  // Unmeasured ones stay in the recipe's order: nothing that was seen of them speaks for another.
  const best = (winner.speed ? equals.toSorted(byPreference)[0] : equals[0]) ?? winner;
  return { status: "accepted", reason: null, winner: best.id, candidates, notes: choiceNotes(best, equals) };
}

/** The furthest proven first; among equally proven ones the fastest, and unmeasured ones in the recipe's order. */
function byProofThenSpeed(a: CandidateReport, b: CandidateReport): number {
  return proofRank(b) - proofRank(a) || (b.speed?.ratio ?? 0) - (a.speed?.ratio ?? 0);
}

function proofRank({ proof }: CandidateReport): number {
  return proof === null ? -1 : PROOF_LEVELS.indexOf(proof);
}

/** Two candidates are tied when their intervals overlap, or nothing was measured: the data names no faster one. */
function isTie(fastest: CandidateReport, other: CandidateReport): boolean {
  if (fastest.proof !== other.proof) return false;
  if (!fastest.speed || !other.speed) return !fastest.speed && !other.speed;
  return other.speed.high >= fastest.speed.low;
}

/** Among equals the more precise one; then the one the recipe names first (sorting is stable). */
function byPreference(a: CandidateReport, b: CandidateReport): number {
  return precisionRank(a.precision) - precisionRank(b.precision);
}

/** A close choice is told as one, and one without a measurement as what it is. */
function choiceNotes(best: CandidateReport, equals: readonly CandidateReport[]): string[] {
  const others = equals.filter((each) => each.id !== best.id).map((each) => each.id);
  if (others.length === 0) return [];
  if (best.speed) return [`${best.id} and ${others.join(", ")} are equally fast as far as the measurement tells.`];
  return [`${best.id} was chosen over ${others.join(", ")} because the recipe names it first: none of them was measured here.`];
}

function noWinner(
  candidates: readonly CandidateReport[],
  { require, absent }: Pick<SelectSpec, "require" | "absent">,
): Pick<Choice, "status" | "reason"> {
  if (candidates.length === 0 && absent.length > 0) {
    return { status: "unavailable", reason: { code: "not-installed", message: absenceText(absent) } };
  }
  if (candidates.length === 0) {
    return {
      status: "unavailable",
      reason: { code: "no-candidate", message: "no toolchain serves what the recipe asks for on this target" },
    };
  }
  const short = candidates.filter((each) => each.verdict === "accepted");
  if (short.length > 0) {
    const message = `the recipe requires proof \`${require}\`, and the best candidate is proven only as far as \`${short[0]?.proof}\`: ${short[0]?.reason.message}`;
    return { status: "unavailable", reason: { code: "proof-short", message } };
  }
  const missing = candidates.flatMap(({ failure }) => (failure?.lacking === true ? [failure] : []));
  if (missing.length === candidates.length) {
    return { status: "unavailable", reason: { code: "no-environment", message: environmentText(missing) } };
  }
  if (candidates.every((each) => each.verdict === "failed")) {
    return { status: "failed", reason: { code: "all-failed", message: "every candidate failed" } };
  }
  return { status: "rejected", reason: { code: "none-accepted", message: "no candidate was accepted" } };
}

/** Why nothing could even be tried, and what mends it: each cause once. */
function environmentText(failures: readonly Failure[]): string {
  return [...new Set(failures.map(({ message, hint }) => (hint === undefined ? message : `${message} ${hint}`)))].join(" ");
}

import type { ExecutionFacts } from "../domain/facts.ts";
import { PRECISIONS, type Precision, precisionRank } from "../domain/precision.ts";
import type { VerdictReason } from "../domain/verdict.ts";
import { percent } from "./numbers.ts";
import { DECIDING_SHARE, type PrecisionShares, precisionShares } from "./precision-shares.ts";

/** Whether the precision that was asked for is the one that ran. */
export type PrecisionVerdict =
  | { readonly verdict: "accepted" }
  | { readonly verdict: "rejected"; readonly reason: VerdictReason & { readonly code: "precision-not-executed" } };

/**
 * Most of the work that may run in a coarser precision than asked. A runtime that lowers the precision does so for the
 * convolutions and matrix products, which are nearly all of the time (99.05 % measured, where 41.9 % of the operators were
 * lowered); one that does not has none. 5 % lies between the two by either count.
 */
const MOST_COARSER = 0.05;

/**
 * Least of the work that must run in the precision asked. A runtime that lowers floating point does it for the heavy
 * operators (measured 99.05 % of the time, 41.9 % of the operators): half of the time is far from both ends. A quantised
 * model keeps more in floating point, so for int8 a deciding share is enough.
 */
const LEAST_LOWERED = { time: 0.5, operators: 0.1 } as const;

/**
 * The precision gate, in both directions: asked for float32 and ran bfloat16 unasked, or asked for bfloat16 and ran float32
 * because the host has none. Judged by share of time where the runtime tells it, else by share of operators.
 */
export function judgePrecision({ asked, executed }: { asked: Precision; executed: ExecutionFacts }): PrecisionVerdict {
  const found = precisionShares(executed.executedPrecision);
  const known = found.other > 0 || PRECISIONS.some((precision) => found.shares[precision] > 0);
  if (!known) return rejected(`asked for ${asked}, and the runtime does not say what it executed`);
  if (found.other > MOST_COARSER) {
    return rejected(
      `asked for ${asked}, executed ${describe(found)}: at most ${percent(MOST_COARSER)} may run in what no recipe can ask for`,
    );
  }
  const coarser = sum(found, (precision) => precisionRank(precision) > precisionRank(asked));
  const least = (asked === "int8" ? DECIDING_SHARE : LEAST_LOWERED)[found.by];
  if (coarser > MOST_COARSER) {
    return rejected(`asked for ${asked}, executed ${describe(found)}: at most ${percent(MOST_COARSER)} may run in a coarser precision`);
  }
  if (asked !== "float32" && found.shares[asked] < least) {
    return rejected(`asked for ${asked}, executed ${describe(found)}: at least ${percent(least)} must run in ${asked}`);
  }
  return { verdict: "accepted" };
}

function sum({ shares }: PrecisionShares, wanted: (precision: Precision) => boolean): number {
  return PRECISIONS.filter(wanted).reduce((total, precision) => total + shares[precision], 0);
}

/** `99.1 % bfloat16, 0.95 % float32 by time`. */
function describe({ by, shares, other, otherNames }: PrecisionShares): string {
  const named = PRECISIONS.map((precision) => ({ name: precision as string, share: shares[precision] }));
  const parts = [...named, { name: otherNames.join(" and "), share: other }].filter(({ share }) => share > 0);
  const texts = parts.toSorted((a, b) => b.share - a.share).map(({ name, share }) => `${percent(share)} ${name}`);
  return `${texts.join(", ")} by ${by}`;
}

function rejected(message: string): PrecisionVerdict {
  return { verdict: "rejected", reason: { code: "precision-not-executed", message } };
}

import type { TensorAgreement } from "../../domain/agreement.ts";
import type { OutputTolerance } from "../../domain/recipe.ts";
import type { VerdictCode } from "../../domain/verdict.ts";
import { counted, percent, short } from "../numbers.ts";
import { cosine, relativeL2, type TensorSums } from "./tensor-sums.ts";

/** A judged output, with the code of its fault. */
export interface JudgedTensor {
  readonly agreement: TensorAgreement;
  readonly code: VerdictCode;
}

/** Holds what was found out of an output against its tolerance. Pure. */
export function judgeTensor(name: string, sums: TensorSums, tolerance: OutputTolerance): JudgedTensor {
  const mismatch = sums.elements === 0 ? 0 : (sums.over + sums.strange) / sums.elements;
  const usable = sums.strange === 0;
  const found = {
    name,
    elements: sums.elements,
    maxAbs: usable && Number.isFinite(sums.maxAbs) ? sums.maxAbs : null,
    relL2: usable ? relativeL2(sums) : null,
    cosine: usable ? cosine(sums) : null,
    mismatch,
    worst: sums.worst,
    tolerance,
  };
  const fault = notFinite(sums) ?? outside(sums, found, tolerance);
  const verdict = fault === null ? "agrees" : "disagrees";
  return { agreement: { ...found, verdict, fault: fault?.sentence ?? null }, code: fault?.code ?? "agrees" };
}

/** An output whose form is wrong, so that its values were not looked at. */
export function formFault(name: string, code: VerdictCode, sentence: string, tolerance: OutputTolerance): JudgedTensor {
  const unknown = { elements: 0, maxAbs: null, relL2: null, cosine: null, mismatch: 1, worst: null };
  return { agreement: { name, ...unknown, tolerance, verdict: "disagrees", fault: sentence }, code };
}

interface TensorFault {
  readonly code: VerdictCode;
  readonly sentence: string;
}

function notFinite({ strange, elements, firstStrange }: TensorSums): TensorFault | null {
  if (firstStrange === null) return null;
  const first = `the first at sample ${firstStrange.sample}, ${at(firstStrange.index)}: ${firstStrange.value} where the reference has ${firstStrange.reference}`;
  return { code: "output-not-finite", sentence: `${strange} of ${counted(elements, "element")} not finite like the reference's, ${first}` };
}

function outside(
  sums: TensorSums,
  found: Pick<TensorAgreement, "mismatch" | "relL2" | "cosine" | "worst">,
  tolerance: OutputTolerance,
): TensorFault | null {
  const parts: string[] = [];
  if (found.mismatch > tolerance.mismatch) {
    const allowed = tolerance.mismatch === 0 ? "none" : percent(tolerance.mismatch);
    const limit = `${short(tolerance.atol)} + ${short(tolerance.rtol)} x |reference|`;
    parts.push(`${sums.over} of ${counted(sums.elements, "element")} differ by more than ${limit} (${allowed} may)`);
  }
  if (tolerance.relativeL2 !== null && found.relL2 !== null && found.relL2 > tolerance.relativeL2) {
    parts.push(`relative L2 error ${short(found.relL2)} is above ${short(tolerance.relativeL2)}`);
  }
  // Without a length to compare with, nothing bounds the elements that the share lets stray.
  if (tolerance.relativeL2 !== null && found.relL2 === null && sums.over > 0) {
    const why = sums.reference === 0 ? "the reference is zero throughout" : "its squares are too large to be added up";
    parts.push(
      `there is no relative L2 error, since ${why}, and ${sums.over} of ${counted(sums.elements, "element")} are outside the tolerance`,
    );
  }
  if (tolerance.cosine !== null && found.cosine !== null && found.cosine < tolerance.cosine) {
    parts.push(`cosine ${found.cosine.toFixed(6)} is below ${tolerance.cosine}`);
  }
  if (parts.length === 0) return null;
  const { worst } = found;
  if (worst !== null)
    parts.push(`worst at sample ${worst.sample}, ${at(worst.index)}: ${worst.value} where the reference has ${worst.reference}`);
  return { code: "output-mismatch", sentence: parts.join("; ") };
}

function at(index: readonly number[]): string {
  return `[${index.join(", ")}]`;
}

import type { Block } from "../kernel/block.ts";
import { indexOfWorst } from "../kernel/sums.ts";

/** The limits an element is held to: |candidate - reference| <= atol + rtol * |reference|. */
export interface ElementTolerance {
  readonly atol: number;
  readonly rtol: number;
}

/** Element number `position` of the stream, with both values. */
export interface Found {
  readonly position: number;
  readonly value: number;
  readonly reference: number;
}

/** The running totals of a stream of blocks; see `TensorSums` for their meaning. */
export interface Totals {
  elements: number;
  finite: number;
  maxAbs: number;
  difference: number;
  reference: number;
  inner: number;
  over: number;
  worstExcess: number;
  referenceNaNs: number;
  strange: number;
  firstStrange: Found | null;
  mostExceeding: Found | null;
  mostDifferent: Found | null;
}

export function noTotals(): Totals {
  return {
    elements: 0,
    finite: 0,
    maxAbs: 0,
    difference: 0,
    reference: 0,
    inner: 0,
    over: 0,
    worstExcess: 0,
    referenceNaNs: 0,
    strange: 0,
    firstStrange: null,
    mostExceeding: null,
    mostDifferent: null,
  };
}

/**
 * Adds one loaded block to the totals. Sums are taken of every block; the tolerance is looked at only where some element
 * differs by more than `atol`, and single elements are looked for only where a new worst one is known to be: a tensor that
 * agrees costs one pass.
 */
export function scanBlock(totals: Totals, block: Block, count: number, tolerance: ElementTolerance): void {
  let sums = block.sums(count);
  let finite = count;
  // The squares of finite float32 numbers cannot overflow float64: sums that are not finite tell of elements that are not.
  if (!Number.isFinite(sums.difference)) {
    finite -= setAsideNonFinite(totals, block, count);
    sums = block.sums(count);
  }
  if (sums.maxAbs > tolerance.atol) scanExcess(totals, block, count, tolerance);
  if (sums.maxAbs > totals.maxAbs) {
    totals.maxAbs = sums.maxAbs;
    totals.mostDifferent = find(totals, block, count, { atol: 0, rtol: 0 });
  }
  totals.difference += sums.difference;
  totals.reference += sums.reference;
  totals.inner += sums.inner;
  totals.finite += finite;
  totals.elements += count;
}

function scanExcess(totals: Totals, block: Block, count: number, tolerance: ElementTolerance): void {
  const { over, worst } = block.excess(count, tolerance.atol, tolerance.rtol);
  totals.over += over;
  if (worst <= totals.worstExcess) return;
  totals.worstExcess = worst;
  totals.mostExceeding = find(totals, block, count, tolerance);
}

/**
 * Counts the elements that are not finite on both sides and replaces both values by zero, so that they add nothing.
 * The same infinity, or NaN, on both sides agrees: a model may mask with -inf, and what a NaN in the reference means is decided
 * where the reference is checked, not once per candidate. Anything else is strange.
 */
function setAsideNonFinite(totals: Totals, { reference, candidate }: Block, count: number): number {
  let aside = 0;
  for (let i = 0; i < count; i++) {
    const r = reference[i] ?? 0;
    const c = candidate[i] ?? 0;
    if (Number.isFinite(r) && Number.isFinite(c)) continue;
    aside++;
    if (Number.isNaN(r)) totals.referenceNaNs++;
    if (!Object.is(r, c)) {
      totals.strange++;
      totals.firstStrange ??= { position: totals.elements + i, value: c, reference: r };
    }
    reference[i] = 0;
    candidate[i] = 0;
  }
  return aside;
}

function find(totals: Totals, block: Block, count: number, { atol, rtol }: ElementTolerance): Found {
  const index = indexOfWorst(block, count, atol, rtol);
  return { position: totals.elements + index, value: block.candidate[index] ?? 0, reference: block.reference[index] ?? 0 };
}

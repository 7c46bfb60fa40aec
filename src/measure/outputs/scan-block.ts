import type { Block } from "../kernel/block.ts";
import { indexOfWorst, type Numbers } from "../kernel/sums.ts";

/** The limits an element is held to: |candidate - reference| <= atol + rtol * |reference|. */
export interface ElementTolerance {
  readonly atol: number;
  readonly rtol: number;
  /** See `OutputTolerance.masks`. */
  readonly masks?: number;
}

/** Element number `position` of the stream, with both values. */
export interface Found {
  readonly position: number;
  readonly value: number;
  readonly reference: number;
}

/**
 * A copy of the block that holds the worst element so far. The element itself is looked for once, at the end: copying a
 * block is cheaper than searching it, above all while the engine has not compiled the search yet.
 */
interface KeptBlock {
  readonly position: number;
  readonly reference: Numbers;
  readonly candidate: Numbers;
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
  mostExceeding: KeptBlock | null;
  mostDifferent: KeptBlock | null;
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
 * differs by more than `atol`: a tensor that agrees costs one pass.
 */
export function scanBlock(totals: Totals, block: Block, count: number, tolerance: ElementTolerance): void {
  const masks = tolerance.masks === undefined ? 0 : setAsideMasks(block, count, { ...tolerance, masks: tolerance.masks });
  let sums = block.sums(count);
  let finite = count - masks;
  // The squares of finite float32 numbers cannot overflow float64: sums that are not finite tell of elements that are not.
  if (!Number.isFinite(sums.difference)) {
    finite -= setAsideNonFinite(totals, block, count);
    sums = block.sums(count);
  }
  if (sums.maxAbs > tolerance.atol) scanExcess(totals, block, count, tolerance);
  if (sums.maxAbs > totals.maxAbs) {
    totals.maxAbs = sums.maxAbs;
    totals.mostDifferent = keep(totals, block, count);
  }
  totals.difference += sums.difference;
  totals.reference += sums.reference;
  totals.inner += sums.inner;
  totals.finite += finite;
  totals.elements += count;
}

/**
 * The worst element: with elements outside the tolerance the one that exceeds it most, else the largest difference, null if
 * there is none.
 */
export function worstElement({ mostExceeding, mostDifferent }: Totals, tolerance: ElementTolerance): Found | null {
  const kept = mostExceeding ?? mostDifferent;
  if (kept === null) return null;
  const { atol, rtol } = mostExceeding ? tolerance : { atol: 0, rtol: 0 };
  const index = indexOfWorst(kept, kept.reference.length, atol, rtol);
  return { position: kept.position + index, value: kept.candidate[index] ?? 0, reference: kept.reference[index] ?? 0 };
}

function scanExcess(totals: Totals, block: Block, count: number, tolerance: ElementTolerance): void {
  const { over, worst } = block.excess(count, tolerance.atol, tolerance.rtol);
  totals.over += over;
  if (worst <= totals.worstExcess) return;
  totals.worstExcess = worst;
  totals.mostExceeding = keep(totals, block, count);
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

/**
 * Counts the masking values that the candidate has too, and replaces both by zero, so that they add nothing. One that strays by more than
 * its own `rtol` stays, and counts as any other element.
 */
function setAsideMasks({ reference, candidate }: Block, count: number, { rtol, masks }: Required<ElementTolerance>): number {
  let aside = 0;
  for (let i = 0; i < count; i++) {
    const r = reference[i] ?? 0;
    const magnitude = Math.abs(r);
    // Infinities are looked at with what is not finite.
    if (!(magnitude >= masks) || magnitude === Number.POSITIVE_INFINITY) continue;
    if (!(Math.abs((candidate[i] ?? 0) - r) <= rtol * magnitude)) continue;
    aside++;
    reference[i] = 0;
    candidate[i] = 0;
  }
  return aside;
}

function keep({ elements }: Totals, block: Block, count: number): KeptBlock {
  return { position: elements, reference: block.reference.slice(0, count), candidate: block.candidate.slice(0, count) };
}

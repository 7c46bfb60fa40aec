/** What the comparison of two stretches of numbers adds up. All in float64. */
export interface BlockSums {
  /** max |candidate - reference| */
  readonly maxAbs: number;
  /** Sums of squares of the difference and of the reference. The first is not finite where any element of either is not. */
  readonly difference: number;
  readonly reference: number;
  /** Sum of reference * candidate. */
  readonly inner: number;
}

/** How far a stretch strays outside atol + rtol * |reference|. */
export interface BlockExcess {
  /** max of |candidate - reference| - (atol + rtol * |reference|); 0 where none is above zero */
  readonly worst: number;
  /** Elements where that is above zero. */
  readonly over: number;
}

export type Numbers = Float32Array | Float64Array;

/**
 * The sums in plain JavaScript: the path for element types that have no kernel, and what the kernel is tested against.
 * Call it on at most 64 Ki elements: in one long loop V8 runs the same code three to six times slower.
 */
export function sumBlock(reference: Numbers, candidate: Numbers, count: number): BlockSums {
  let maxAbs = 0;
  let differenceSum = 0;
  let referenceSum = 0;
  let inner = 0;
  for (let i = 0; i < count; i++) {
    const r = reference[i] as number;
    const c = candidate[i] as number;
    const difference = c - r;
    const size = Math.abs(difference);
    if (size > maxAbs) maxAbs = size;
    differenceSum += difference * difference;
    referenceSum += r * r;
    inner += r * c;
  }
  return { maxAbs, difference: differenceSum, reference: referenceSum, inner };
}

/** The excess in plain JavaScript; see `sumBlock`. */
export function excessBlock(pair: { reference: Numbers; candidate: Numbers }, count: number, atol: number, rtol: number): BlockExcess {
  const { reference, candidate } = pair;
  let worst = 0;
  let over = 0;
  for (let i = 0; i < count; i++) {
    const r = reference[i] as number;
    const excess = Math.abs((candidate[i] as number) - r) - (atol + rtol * Math.abs(r));
    if (excess > worst) worst = excess;
    if (excess > 0) over++;
  }
  return { worst, over };
}

/**
 * Index of the first element whose excess is the largest, -1 in an empty stretch. With no tolerance: of the largest
 * difference.
 */
export function indexOfWorst(pair: { reference: Numbers; candidate: Numbers }, count: number, atol: number, rtol: number): number {
  const { reference, candidate } = pair;
  let worst = Number.NEGATIVE_INFINITY;
  let index = -1;
  for (let i = 0; i < count; i++) {
    const r = reference[i] as number;
    const excess = Math.abs((candidate[i] as number) - r) - (atol + rtol * Math.abs(r));
    if (excess > worst) {
      worst = excess;
      index = i;
    }
  }
  return index;
}

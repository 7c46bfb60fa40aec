/**
 * The candidate a mistyped word most likely stands for, or null when none is near: at most one edit per three letters
 * (at least one), counted as Damerau-Levenshtein distance without regard to case.
 */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > allowed) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    const keepsSomething = distance < Math.max(word.length, candidate.length);
    if (distance < bestDistance && keepsSomething) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `did you mean ...?`, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): { readonly hint?: string } {
  const near = suggest(word, candidates);
  return near === null ? {} : { hint: `did you mean \`${near}\`?` };
}

/**
 * Damerau-Levenshtein distance in its optimal string alignment form: insertions, deletions, substitutions and swaps of
 * neighbours each count one.
 */
export function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      current.push(cheapestEdit({ left, right, row, column, before, previous, current }));
    }
    [before, previous] = [previous, current];
  }
  return previous[right.length] ?? 0;
}

interface EditTable {
  readonly left: string;
  readonly right: string;
  readonly row: number;
  readonly column: number;
  readonly before: readonly number[];
  readonly previous: readonly number[];
  readonly current: readonly number[];
}

function cheapestEdit({ left, right, row, column, before, previous, current }: EditTable): number {
  const same = left[row - 1] === right[column - 1];
  const cell = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + (same ? 0 : 1));
  const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
  return swapped ? Math.min(cell, at(before, column - 2) + 1) : cell;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

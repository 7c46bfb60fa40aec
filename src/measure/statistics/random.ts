/** A source of random whole numbers that gives the same ones for the same seed, on every machine. */
export interface Random {
  /** Uniform in 0 .. limit - 1; limit at most 2^32. */
  below(limit: number): number;
}

/**
 * xoshiro128** (Blackman and Vigna 2018, public domain), its state filled from the seed by splitmix32. The multiply-shift
 * that maps to a range has a bias below limit / 2^32: nothing, for the sample sizes here.
 */
export function seededRandom(seed: number): Random {
  const next = xoshiro128(splitmix32(seed));
  return { below: (limit) => Math.floor((next() / 2 ** 32) * limit) };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}

function xoshiro128(fill: () => number): () => number {
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];
  return () => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}

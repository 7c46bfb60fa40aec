import type { Percentile } from "./recipe.ts";

/** A percentile that has the samples it needs, or how many it would need. */
export type PercentileValue =
  | { readonly nanoseconds: number; readonly samples: number }
  | { readonly needs: number; readonly samples: number };

/** A candidate's speed beside the baseline, from interleaved rounds. */
export interface Speed {
  /** Input name -> the one shape it was measured at, of inputs that have a range; absent where there are none. */
  readonly at?: Readonly<Record<string, readonly number[]>>;
  readonly baseline: string;
  /** Baseline time / candidate time, median over rounds: above 1 the candidate is faster. */
  readonly ratio: number;
  /** 95 % bootstrap interval over rounds; 99 % where there are no 12 clean ones. */
  readonly low: number;
  readonly high: number;
  readonly verdict: "faster" | "slower" | "undecided";
  readonly margin: number;
  readonly threads: number;
  /** Wall time of one inference of the candidate. */
  readonly percentiles: Readonly<Record<Percentile, PercentileValue>>;
  readonly baselineMedianNs: number;
  /** Processor time of one inference, medians. */
  readonly cpuMedianNs: number;
  readonly baselineCpuMedianNs: number;
  readonly samples: number;
  readonly rounds: number;
  /** Rounds thrown away because the host was busy, throttled or changed its clock. */
  readonly taintedRounds: number;
  readonly notes: readonly string[];
}

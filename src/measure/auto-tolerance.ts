import type { ExecutionFacts } from "../domain/facts.ts";
import { PRECISIONS, type Precision } from "../domain/precision.ts";
import type { AcceptSpec, OutputTolerance } from "../domain/recipe.ts";
import type { OutputNoise } from "./noise-floor.ts";
import { DECIDING_SHARE, precisionShares } from "./precision-shares.ts";

/** How far a run in one precision may stray; lengths are relative to the output's root mean square, or to the element. */
interface Rung {
  /**
   * `atol` is this times the reference's root mean square: an element near zero carries the error of the terms that
   * cancelled in it.
   */
  readonly atolOfRms: number;
  readonly rtol: number;
  readonly mismatch: number;
  readonly relativeL2: number;
  /** Share of samples that may stray by half of their length: none but where a task metric has the last word. */
  readonly samples: number;
}

/**
 * The ladder. "Measured" means: largest errors of OpenVINO, TVM and ONNX Runtime's own optimiser against unoptimised ONNX
 * Runtime on seven public models (PP-OCR detector, recogniser and classifier, BlazeFace, Silero VAD, Magika, MiniLM).
 *
 * float32. Unit roundoff u = 2^-24 = 6.0e-8. The error of n accumulated roundings grows as sqrt(n) u (Higham and Mary 2019,
 * probabilistic bound): 640 u = 3.8e-5 for a hundred layers of inner products of length 4,096, so 1e-4 per element, with
 * every element held to it. Measured relative L2: at most 2.2e-6 where the output is not near zero; the limit is ten times
 * that. The nearest wrong precision lies a factor of 200 above: bfloat16 measured 4.1e-3 and up.
 *
 * bfloat16. u = 2^-8 = 3.9e-3. Measured relative L2: 4.1e-3 to 8.0e-2 (0.23 on sigmoids near 1e-5, which the noise floor
 * is for); the limit is about twice the largest. 0.25 and 5 % follow from it: a normally distributed error of the limit's
 * size leaves 1.8 % of normally distributed elements outside a quarter of (rms + |element|), by simulation.
 *
 * float16. u = 2^-11, an eighth of bfloat16's: about an eighth of its limits (2.9 % by the same simulation). Not measured.
 *
 * int8. Measured relative L2 of one quantised file on two runtimes: 0.17 and 0.35, with a task metric of 0.962 and 0.947
 * where float32 has 0.966. So no tight limit is right: this one only tells a quantised model from a broken one (an output
 * of zeros has 1; 5.9 % by the simulation), and the task metric decides.
 */
const LADDER: Readonly<Record<Precision, Rung>> = {
  float32: { atolOfRms: 1e-4, rtol: 1e-4, mismatch: 0, relativeL2: 2e-5, samples: 0 },
  float16: { atolOfRms: 0.03, rtol: 0.03, mismatch: 0.05, relativeL2: 0.02, samples: 0 },
  bfloat16: { atolOfRms: 0.25, rtol: 0.25, mismatch: 0.05, relativeL2: 0.15, samples: 0 },
  int8: { atolOfRms: 0.5, rtol: 0.5, mismatch: 0.1, relativeL2: 0.4, samples: 0.1 },
};

/**
 * The noise floor is this times the difference between the reference's two runs: those two share most of their kernels, so
 * another runtime strays further from both. Measured: OpenVINO's largest float32 difference was 0.7 to 3.3 times that
 * between the two runs, model by model; 8 is the next power of two above twice that. (Where the two runs are bit-equal, as
 * for one LSTM model, the rung's own `atol` stands alone.)
 */
const NOISE_FACTOR = 8;

/**
 * No floor lets half of the reference's length through: an output of zeros (relative L2 of 1) is never accepted. Nor may a sample by
 * itself: one of 150 that is all zeros adds 0.08 to the relative L2 of the whole, which is less than bfloat16's own error can be.
 */
const MOST_RELATIVE_L2 = 0.5;

/**
 * The tolerance for one output by the precision that was executed: the rung of the coarsest precision that did a
 * deciding share of the work, plus the reference's own noise. The cosine is never part of it: on near-zero outputs it moves
 * with noise (0.9998 measured for a difference of 1.2e-7), and relative L2 says the same with more digits.
 */
export function autoTolerance(executed: ExecutionFacts["executedPrecision"], noise: OutputNoise): OutputTolerance {
  const rung = LADDER[rungOf(executed)];
  return {
    atol: rung.atolOfRms * noise.rms + NOISE_FACTOR * noise.maxAbs,
    rtol: rung.rtol,
    mismatch: rung.mismatch,
    relativeL2: Math.min(rung.relativeL2 + NOISE_FACTOR * noise.relativeL2, MOST_RELATIVE_L2),
    cosine: null,
    ...(noise.masks !== undefined && { masks: noise.masks }),
    samples: { relativeL2: MOST_RELATIVE_L2, mismatch: rung.samples },
  };
}

/** What a recipe's `outputs:` means for each output; an output without a noise entry is judged as if the reference had none. */
export function tolerancesFor(
  accept: AcceptSpec["outputs"],
  executed: ExecutionFacts["executedPrecision"],
  noise: readonly OutputNoise[],
): (output: string) => OutputTolerance {
  if (accept !== "auto") return () => accept;
  const byName = new Map(noise.map((each) => [each.name, each]));
  return (output) => autoTolerance(executed, byName.get(output) ?? { name: output, rms: 0, maxAbs: 0, relativeL2: 0 });
}

/** The precision whose rung applies; float32 when nothing is known, since it is the strictest. */
export function rungOf(executed: ExecutionFacts["executedPrecision"]): Precision {
  const { by, shares } = precisionShares(executed);
  return PRECISIONS.toReversed().find((precision) => shares[precision] >= DECIDING_SHARE[by]) ?? "float32";
}

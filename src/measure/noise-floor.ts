import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { isFloat } from "./kernel/block.ts";
import { percent, short } from "./numbers.ts";
import { maskingValues } from "./outputs/masking-values.ts";
import { pairFolders } from "./outputs/pair-folders.ts";
import type { StreamFault } from "./outputs/read-blocks.ts";
import { streamOutput } from "./outputs/stream-output.ts";
import { checkForm } from "./outputs/structure.ts";
import { referenceRms, relativeL2, type TensorSums } from "./outputs/tensor-sums.ts";

/** How far an output of the reference differs from itself when it is computed another way. Plain JSON. */
export interface OutputNoise {
  readonly name: string;
  /** Root mean square of the reference's finite elements: the output's scale. */
  readonly rms: number;
  /** max |second run - reference| */
  readonly maxAbs: number;
  /** ||second run - reference|| / ||reference||; 0 where the reference is all zero. */
  readonly relativeL2: number;
  /** From this magnitude on values are masks, which are no part of the three numbers above. Absent: none are. */
  readonly masks?: number;
}

export interface NoiseFloor {
  readonly outputs: readonly OutputNoise[];
  /** Sentences for the user, where agreement with this reference will prove little. */
  readonly notes: readonly string[];
}

/**
 * Above this relative L2 of its two runs a reference cannot be judged by: the tolerance is eight times the noise, so half
 * of the output would be let through. Measured: at most 1e-6 on realistic outputs, 2e-2 on sigmoids near 1e-6.
 */
const MOST_NOISE = 1 / 16;

/** From here on the tolerance is wider than any float32 run needs, and the user should know that the data proves little. */
const NOTABLE_NOISE = 1e-3;

/**
 * The reference's own noise floor, from its outputs and those of a second run at another optimisation level and thread
 * count.
 *
 * Unusable (`unusable-reference`) is a reference with NaN anywhere (the computation broke down: no candidate's value there
 * could be called right or wrong), one whose outputs have no elements, one with infinities that come and go between the runs, or none but infinities, one whose
 * runs differ by more than a sixteenth, or whose integer outputs differ on more than a sixteenth of the elements. An
 * infinity that both runs have at the same place is a value.
 */
export async function noiseFloor(reference: string, noise: string, signal?: AbortSignal): Promise<Result<NoiseFloor, Failure>> {
  const pair = pairFolders({ reference, candidate: noise });
  if (!pair.ok) return unusable(pair.error.message);
  const outputs: OutputNoise[] = [];
  let elements = 0;
  for (const output of pair.value.reference.set.outputs) {
    const form = checkForm(pair.value, output, pair.value.segments);
    if (!form.ok) return unusable(form.error.message);
    const stream = { ...pair.value, output, form: form.value };
    elements += form.value.elements;
    const masks = isFloat(form.value.dtype) ? await maskingValues(stream, signal) : ok(null);
    if (!masks.ok) return unreadable(masks.error);
    const aside = masks.value === null ? {} : { masks: masks.value };
    const rtol = masks.value === null ? 0 : MASKS_EQUAL;
    const sums = await streamOutput(stream, { atol: 0, rtol, ...aside }, signal);
    if (!sums.ok) return unreadable(sums.error);
    const fault = isFloat(form.value.dtype) ? floatFault(sums.value) : integerFault(sums.value);
    if (fault !== null) return unusable(`output ${output} ${fault}`);
    const { maxAbs } = sums.value;
    outputs.push({ name: output, rms: referenceRms(sums.value), maxAbs, relativeL2: relativeL2(sums.value) ?? 0, ...aside });
  }
  if (elements === 0) return unusable("its outputs have no elements at all");
  const notes = outputs.filter((each) => each.relativeL2 > NOTABLE_NOISE).map(noisyNote);
  return ok({ outputs, notes });
}

/** Masking values are constants: two runs of the reference have the same ones, but for rounding. */
const MASKS_EQUAL = 1e-6;

function unreadable(fault: StreamFault): Result<never, Failure> {
  return fault.kind === "interrupted" ? err(interrupted) : unusable(fault.message);
}

const interrupted: Failure = { reason: "interrupted", message: "comparing the reference's runs was interrupted" };

function floatFault(sums: TensorSums): string | null {
  if (sums.referenceNaNs > 0) return `has ${sums.referenceNaNs} NaN among ${sums.elements} elements`;
  const { firstStrange } = sums;
  if (firstStrange !== null)
    return `is ${firstStrange.reference} in one run and ${firstStrange.value} in the other at sample ${firstStrange.sample}`;
  if (sums.elements > 0 && sums.finite === 0) return "has no finite element";
  if (!Number.isFinite(sums.difference) || !Number.isFinite(sums.reference)) return "is too large for its squares to be added up";
  const noise = sums.reference === 0 && sums.difference > 0 ? 1 : (relativeL2(sums) ?? 1);
  return noise > MOST_NOISE
    ? `differs between two runs of the reference itself by ${percent(noise)} (relative L2); at most ${percent(MOST_NOISE)} can be judged by`
    : null;
}

function integerFault(sums: TensorSums): string | null {
  const share = sums.elements === 0 ? 0 : sums.over / sums.elements;
  return share > MOST_NOISE ? `differs between two runs of the reference itself in ${percent(share)} of its elements` : null;
}

function noisyNote(noise: OutputNoise): string {
  return `Output ${noise.name} is close to the reference's own noise on this data (relative L2 ${short(noise.relativeL2)} between two runs): agreement proves little there.`;
}

function unusable(message: string): Result<never, Failure> {
  return err({
    reason: "unusable-reference",
    message: `the reference cannot be judged by: ${message}`,
    hint: "Check that the validation data is what the model expects.",
  });
}

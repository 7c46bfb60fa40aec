import type { TensorAgreement } from "../domain/agreement.ts";
import type { Failure } from "../domain/failure.ts";
import type { OutputTolerance } from "../domain/recipe.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { VerdictCode } from "../domain/verdict.ts";
import { isFloat } from "./kernel/block.ts";
import { short } from "./numbers.ts";
import { judgeSamples } from "./outputs/judge-samples.ts";
import { formFault, type JudgedTensor, judgeTensor } from "./outputs/judge-tensor.ts";
import { type FolderPair, pairFolders } from "./outputs/pair-folders.ts";
import type { OutputPair } from "./outputs/read-blocks.ts";
import { sameBytes } from "./outputs/same-bytes.ts";
import { type SampleGroup, segmentsOf } from "./outputs/sample-groups.ts";
import { streamOutput } from "./outputs/stream-output.ts";
import { checkForm, type FormFault } from "./outputs/structure.ts";

/** Two folders with `outputs.json`, and what each output is held to. */
export interface CompareRequest {
  readonly reference: string;
  readonly candidate: string;
  /** Output name -> tolerance; `tolerancesFor` makes one from a recipe. */
  readonly tolerance: (output: string) => OutputTolerance;
  /** Groups of samples that must each agree by themselves too; absent: none. */
  readonly groups?: readonly SampleGroup[];
  readonly signal?: AbortSignal;
}

/**
 * How a candidate's outputs compare; `reason` speaks for the gravest fault, `outputs` has every output in the model's
 * order.
 */
export interface OutputComparison {
  readonly verdict: "accepted" | "rejected";
  readonly reason: { readonly code: VerdictCode; readonly message: string };
  readonly outputs: readonly TensorAgreement[];
}

/**
 * Compares a candidate's outputs with the reference's: names, sample counts, files, shapes and types first, then
 * finiteness, then every element. Floating point is held to the tolerance; integers and booleans must be equal, except for
 * the share of elements the tolerance lets differ (`atol`, `rtol`, relative L2 and cosine mean nothing for a class number).
 * Streams in a few MiB of memory. Shares and norms of all samples together would hide a group with few elements, so that each is
 * held to the tolerance by itself.
 *
 * @returns a failure where nothing can be judged: `unusable-reference` when the reference's files cannot be read,
 *   `garbage-output` when the candidate's cannot, `interrupted`.
 */
export async function compareOutputs(request: CompareRequest): Promise<Result<OutputComparison, Failure>> {
  const pair = pairFolders(request);
  if (!pair.ok) return pair.error.kind === "judged" ? ok(rejection(pair.error, [])) : err(failureOf(pair.error));
  const judged: JudgedTensor[] = [];
  for (const output of pair.value.reference.set.outputs) {
    const result = await compareOutput(pair.value, output, request);
    if (!result.ok) return result;
    judged.push(result.value);
  }
  const outputs = judged.map((each) => each.agreement);
  const gravest = judged.toSorted((a, b) => gravity(b.code) - gravity(a.code))[0];
  if (gravest === undefined || gravest.code === "agrees") return ok({ verdict: "accepted", reason: agreeing(outputs), outputs });
  const message = `${gravest.agreement.name}: ${gravest.agreement.fault}`;
  return ok(rejection({ code: gravest.code, message }, outputs));
}

async function compareOutput(pair: FolderPair, output: string, request: CompareRequest): Promise<Result<JudgedTensor, Failure>> {
  const asked = request.tolerance(output);
  const form = checkForm(pair, output, pair.segments);
  if (!form.ok) {
    if (form.error.kind === "broken") return err(failureOf(form.error));
    return ok(formFault(output, form.error.code, form.error.message, asked));
  }
  const exact: OutputTolerance = { atol: 0, rtol: 0, mismatch: asked.mismatch, relativeL2: null, cosine: null };
  const tolerance = isFloat(form.value.dtype) ? asked : exact;
  const stream = { ...pair, output, form: form.value };
  const equal = await sameBytes(stream, request.signal);
  const sums = equal ?? (await streamOutput(stream, tolerance, request.signal));
  if (!sums.ok) return err(failureOf(sums.error));
  const judged = judgeTensor(output, sums.value, tolerance);
  if (equal !== null || judged.code !== "agrees") return ok(judged);
  const groups = await judgeGroups(stream, { judged, tolerance }, request);
  if (!groups.ok || groups.value.code !== "agrees" || tolerance.samples === undefined) return groups;
  const whole = { sums: sums.value, tolerance, limit: tolerance.samples, samples: pair.reference.set.samples };
  const fault = await judgeSamples(stream, whole, request.signal);
  if (!fault.ok) return err(failureOf(fault.error));
  return fault.value === null ? groups : ok(withFault(groups.value, fault.value));
}

function withFault({ agreement }: JudgedTensor, fault: string): JudgedTensor {
  return { code: "output-mismatch", agreement: { ...agreement, verdict: "disagrees", fault } };
}

interface WholeJudgement {
  readonly judged: JudgedTensor;
  readonly tolerance: OutputTolerance;
}

/** An output that agrees as a whole: the fault of the first group that does not, if there is one. */
async function judgeGroups(
  stream: OutputPair,
  { judged, tolerance }: WholeJudgement,
  { groups = [], signal }: CompareRequest,
): Promise<Result<JudgedTensor, Failure>> {
  if (groups.length < 2) return ok(judged);
  for (const group of groups) {
    const segments = segmentsOf(stream.segments, group);
    const form = checkForm(stream, stream.output, segments);
    if (!form.ok) throw new Error(`the form of ${stream.output} was found good as a whole`);
    const sums = await streamOutput({ ...stream, segments, form: form.value }, tolerance, signal);
    if (!sums.ok) return err(failureOf(sums.error));
    const part = judgeTensor(stream.output, sums.value, tolerance);
    if (part.code === "agrees") continue;
    const fault = `at the size ${group.name}: ${part.agreement.fault}`;
    return ok({ code: part.code, agreement: { ...judged.agreement, worst: part.agreement.worst, verdict: "disagrees", fault } });
  }
  return ok(judged);
}

/** Codes of outputs by how much is wrong: what is not there, what has the wrong form, what is not a number, what is off. */
const GRAVITY: readonly VerdictCode[] = ["output-mismatch", "output-not-finite", "output-dtype", "output-shape", "output-missing"];

function gravity(code: VerdictCode): number {
  return GRAVITY.indexOf(code);
}

function rejection(reason: OutputComparison["reason"], outputs: readonly TensorAgreement[]): OutputComparison {
  return { verdict: "rejected", reason: { code: reason.code, message: reason.message }, outputs };
}

function agreeing(outputs: readonly TensorAgreement[]): OutputComparison["reason"] {
  const maxAbs = Math.max(0, ...outputs.map((each) => each.maxAbs ?? 0));
  return { code: "agrees", message: maxAbs === 0 ? "agrees exactly" : `agrees, max abs ${short(maxAbs)}` };
}

function failureOf(fault: Extract<FormFault, { kind: "broken" }> | { readonly kind: "interrupted" }): Failure {
  if (fault.kind === "interrupted") return { reason: "interrupted", message: "comparing the outputs was interrupted" };
  if (fault.side === "reference") return { reason: "unusable-reference", message: `the reference cannot be judged by: ${fault.message}` };
  return { reason: "garbage-output", message: `the candidate's outputs cannot be read: ${fault.message}` };
}

import type { Dtype } from "../../domain/tensor.ts";
import type { VerdictCode } from "../../domain/verdict.ts";
import { readNpyHeader } from "../npy/file.ts";
import { elementCount, type NpyHeader } from "../npy/header.ts";
import { type OutputFolder, outputFile } from "./output-folder.ts";
import type { Segment } from "./segments.ts";

/** One output that both sides hold in the same form, ready to be streamed. */
export interface OutputForm {
  readonly dtype: Dtype;
  readonly itemBytes: number;
  readonly elements: number;
  /** Shape of one sample, per segment. */
  readonly sampleShapes: readonly (readonly number[])[];
}

/**
 * - `judged`: the candidate's form is wrong, and that is a verdict.
 * - `broken`: a file of that side cannot be read at all, so nothing can be judged.
 */
export type FormFault =
  | { readonly kind: "judged"; readonly code: VerdictCode; readonly message: string }
  | { readonly kind: "broken"; readonly side: "reference" | "candidate"; readonly message: string };

export type FormCheck = { readonly ok: true; readonly value: OutputForm } | { readonly ok: false; readonly error: FormFault };

/** Compares files, types and shapes of one output, segment by segment. Reads headers only. */
export function checkForm(
  pair: { reference: OutputFolder; candidate: OutputFolder },
  output: string,
  segments: readonly Segment[],
): FormCheck {
  const sampleShapes: (readonly number[])[] = [];
  let dtype: Dtype | null = null;
  let itemBytes = 0;
  let elements = 0;
  for (const segment of segments) {
    const reference = headerOf(pair.reference, segment.reference.shard, output, "reference");
    if (!reference.ok) return reference;
    const candidate = headerOf(pair.candidate, segment.candidate.shard, output, "candidate");
    if (!candidate.ok) return candidate;
    const fault = compareHeaders(output, reference.value, candidate.value, segment);
    if (fault !== null) return { ok: false, error: fault };
    if (dtype !== null && dtype !== reference.value.dtype) return broken("reference", `output ${output} changes its type between shards`);
    dtype = reference.value.dtype;
    itemBytes = reference.value.itemBytes;
    const shape = reference.value.shape.slice(1);
    sampleShapes.push(shape);
    elements += segment.samples * elementCount(shape);
  }
  if (dtype === "string") return broken("reference", `output ${output} holds text, which cannot be compared`);
  return { ok: true, value: { dtype: dtype ?? "float32", itemBytes, elements, sampleShapes } };
}

type HeaderCheck = { readonly ok: true; readonly value: NpyHeader } | { readonly ok: false; readonly error: FormFault };

function headerOf(folder: OutputFolder, shard: number, output: string, side: "reference" | "candidate"): HeaderCheck {
  const file = outputFile(folder, shard, output);
  const missing = `output ${output} has no file for shard ${shard}`;
  if (file === null) return side === "candidate" ? judged("output-missing", missing) : broken(side, missing);
  const header = readNpyHeader(file);
  if (!header.ok) {
    if (header.error.kind === "missing" && side === "candidate") return judged("output-missing", missing);
    return broken(side, `the file of output ${output}, shard ${shard}, cannot be used: ${header.error.message}`);
  }
  const samples = folder.set.shards[shard]?.samples;
  if (header.value.shape[0] !== samples) {
    const message = `output ${output} has shape ${shapeText(header.value.shape)} in shard ${shard} of ${samples} samples`;
    return side === "candidate" ? judged("output-shape", message) : broken(side, message);
  }
  return header;
}

function compareHeaders(output: string, reference: NpyHeader, candidate: NpyHeader, segment: Segment): FormFault | null {
  const where = `output ${output}, sample ${segment.start}`;
  const [wanted, got] = [reference.shape.slice(1), candidate.shape.slice(1)];
  if (wanted.length !== got.length || wanted.some((size, axis) => size !== got[axis])) {
    return {
      kind: "judged",
      code: "output-shape",
      message: `${where}: shape ${shapeText(got)} where the reference has ${shapeText(wanted)}`,
    };
  }
  if (reference.dtype !== candidate.dtype) {
    return { kind: "judged", code: "output-dtype", message: `${where}: ${candidate.dtype} where the reference has ${reference.dtype}` };
  }
  return null;
}

function judged(code: VerdictCode, message: string): { readonly ok: false; readonly error: FormFault } {
  return { ok: false, error: { kind: "judged", code, message } };
}

function broken(side: "reference" | "candidate", message: string): { readonly ok: false; readonly error: FormFault } {
  return { ok: false, error: { kind: "broken", side, message } };
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

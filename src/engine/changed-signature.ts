import type { ModelSignature, TensorSignature } from "../domain/tensor.ts";
import { changedRange } from "./changed-range.ts";

/**
 * What an artifact's signature says otherwise than the prepared model's, as a clause; null where it keeps everything: number, names and
 * order of the tensors, their element types, and every size and range. Loaders and manifests rest on it, and a right answer under a wrong
 * signature is of no use to who feeds it by that.
 */
export function changedSignature(prepared: ModelSignature, artifact: ModelSignature): string | null {
  const changed = changedTensors("input", prepared.inputs, artifact.inputs) ?? changedTensors("output", prepared.outputs, artifact.outputs);
  if (changed !== null) return changed;
  const input = changedRange(prepared, artifact);
  return input && `gives the input ${input} other ranges of sizes than it was asked for`;
}

type Kind = "input" | "output";

function changedTensors(kind: Kind, prepared: readonly TensorSignature[], artifact: readonly TensorSignature[]): string | null {
  if (prepared.map(({ name }) => name).join("\0") !== artifact.map(({ name }) => name).join("\0"))
    return `has the ${kind}s ${listed(artifact)} where the prepared model has ${listed(prepared)}, in this order`;
  for (const [index, wanted] of prepared.entries()) {
    const { name, dtype, shape } = artifact[index] ?? wanted;
    const differs = (now: string, was: string) => `gives the ${kind} ${name} ${now} where the prepared model's has ${was}`;
    if (dtype !== wanted.dtype) return differs(`the element type ${dtype}`, wanted.dtype);
    if (!keepsSizes(kind, wanted.shape, shape)) return differs(`the shape ${shown(shape)}`, shown(wanted.shape));
  }
  return null;
}

/** A compiler may find out the size of an output that was open; what it takes is not its to narrow. */
function keepsSizes(kind: Kind, wanted: readonly number[], given: readonly number[]): boolean {
  const keeps = (size: number, index: number) => size === wanted[index] || (kind === "output" && wanted[index] === -1);
  return given.length === wanted.length && given.every(keeps);
}

function listed(tensors: readonly TensorSignature[]): string {
  return tensors.length === 0 ? "(none)" : tensors.map(({ name }) => name).join(", ");
}

function shown(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

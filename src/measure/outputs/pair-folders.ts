import { type OutputFolder, readOutputFolder } from "./output-folder.ts";
import { alignShards, type Segment } from "./segments.ts";
import type { FormFault } from "./structure.ts";

/** Two folders that hold the same outputs for the same samples. */
export interface FolderPair {
  readonly reference: OutputFolder;
  readonly candidate: OutputFolder;
  readonly segments: readonly Segment[];
}

export type FolderCheck = { readonly ok: true; readonly value: FolderPair } | { readonly ok: false; readonly error: FormFault };

/** Reads both documents and checks names and sample counts; no tensor is opened. */
export function pairFolders(folders: { reference: string; candidate: string }): FolderCheck {
  const reference = readOutputFolder(folders.reference);
  if (!reference.ok) return { ok: false, error: { kind: "broken", side: "reference", message: reference.error } };
  const candidate = readOutputFolder(folders.candidate);
  if (!candidate.ok) return { ok: false, error: { kind: "broken", side: "candidate", message: candidate.error } };
  const fault = compareNames(reference.value, candidate.value) ?? compareSamples(reference.value, candidate.value);
  if (fault !== null) return { ok: false, error: fault };
  const segments = alignShards(reference.value.set.shards, candidate.value.set.shards);
  return { ok: true, value: { reference: reference.value, candidate: candidate.value, segments } };
}

/** An output too many is a fault too: such an artifact cannot stand in for the model. The order of the outputs is free. */
function compareNames(reference: OutputFolder, candidate: OutputFolder): FormFault | null {
  const [wanted, got] = [reference.set.outputs, candidate.set.outputs];
  const missing = wanted.filter((name) => !got.includes(name));
  const extra = got.filter((name) => !wanted.includes(name));
  if (missing.length === 0 && extra.length === 0) return null;
  const parts = [
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...(extra.length > 0 ? [`not in the model: ${extra.join(", ")}`] : []),
  ];
  return { kind: "judged", code: "output-missing", message: `the outputs are not the reference's; ${parts.join("; ")}` };
}

function compareSamples(reference: OutputFolder, candidate: OutputFolder): FormFault | null {
  const [wanted, got] = [reference.set.samples, candidate.set.samples];
  if (wanted === got) return null;
  return { kind: "judged", code: "output-missing", message: `outputs of ${got} samples where the reference has ${wanted}` };
}

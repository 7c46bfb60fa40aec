import type { AcceleratorId } from "../domain/accelerator.ts";
import type { Limits } from "../domain/command.ts";
import type { DeviceUse } from "../domain/devices.ts";
import { type Digest, digestJson } from "../domain/digest.ts";
import { asJson, type Json } from "../domain/json.ts";
import type { Need, StepDefinition, StepId, StepKind, StepOf } from "../domain/plan.ts";
import type { InputFile, StepSpecs } from "../domain/step-specs.ts";
import type { IdentifiedWorker } from "./inputs.ts";

/**
 * Version of each operation: raised when the operation itself changes what it does with equal inputs, so that results of
 * an older Fettle are not taken for the new one's.
 */
const OPERATION_VERSIONS: Readonly<Record<StepKind, number>> = {
  fetch: 1,
  prepare: 1,
  data: 1,
  reference: 2,
  compile: 1,
  infer: 1,
  validate: 2,
  measure: 2,
  select: 1,
  publish: 1,
};

/** What work does with devices. */
export interface DeviceDraft {
  readonly exclusive?: boolean;
  readonly usesCpu?: boolean;
  /** The accelerator it uses, in the same mode as the CPU. */
  readonly accelerator?: AcceleratorId | null;
}

/** What makes one step; the rest follows from it. */
export interface StepDraft<K extends StepKind> extends DeviceDraft {
  readonly kind: K;
  readonly target?: string;
  readonly candidate?: string;
  /** Tells it from another step of its kind that all targets share. */
  readonly variant?: string;
  readonly needs: readonly (Need & { readonly key: Digest })[];
  readonly spec: StepSpecs[K];
  readonly limits: Limits;
  readonly files?: readonly InputFile[];
  readonly options: Json;
  readonly worker?: IdentifiedWorker;
  readonly targetFacts?: Json;
  readonly host?: Json;
}

/** Completes a draft: its id, its definition and the definition's key. */
export function makeStep<K extends StepKind>(draft: StepDraft<K>): StepOf<K> {
  const definition = defineStep(draft);
  const target = draft.target ?? null;
  const candidate = draft.candidate ?? null;
  return {
    id: stepId(draft.kind, target, candidate ?? draft.variant ?? null),
    kind: draft.kind,
    target,
    candidate,
    needs: draft.needs.map(({ key: _, ...need }) => need),
    spec: draft.spec,
    devices: deviceUses(draft),
    limits: draft.limits,
    definition,
    key: digestJson(asJson(definition)),
  };
}

/** Which devices work takes, in the order in which they are leased. Accelerators first: see StepOf.devices. */
export function deviceUses({ accelerator = null, usesCpu = false, exclusive = false }: DeviceDraft): DeviceUse[] {
  const mode = exclusive ? "exclusive" : "shared";
  return [...(accelerator === null ? [] : [accelerator]), ...(usesCpu ? (["cpu"] as const) : [])].map((id) => ({ id, mode }));
}

/** `compile cpu-x64 openvino/bfloat16`, `select cpu-x64`, `fetch model`, `prepare model opset-11`. */
export function stepId(kind: StepKind, target: string | null, candidate: string | null): StepId {
  return [kind, target ?? "model", candidate].filter((part) => part !== null).join(" ") as StepId;
}

/** An input given by `step`, under the name the operation knows it by. */
export function need(step: { id: StepId; key: Digest }, as: string, how?: Need["how"]): Need & { key: Digest } {
  return { step: step.id, as, key: step.key, ...(how && { how }) };
}

function defineStep<K extends StepKind>(draft: StepDraft<K>): StepDefinition {
  return {
    kind: draft.kind,
    version: OPERATION_VERSIONS[draft.kind],
    contents: Object.fromEntries((draft.files ?? []).map((file) => [file.at, file.digest])),
    steps: Object.fromEntries(draft.needs.filter(isKeyed).map((each) => [each.as, each.key])),
    options: draft.options,
    environment: draft.worker?.environmentDigest ?? null,
    worker: draft.worker?.workerDigest ?? null,
    target: draft.targetFacts ?? null,
    host: draft.host ?? null,
  };
}

function isKeyed(each: Need): boolean {
  return each.how !== "gate";
}

import { asJson, canonicalJson, type Json, type JsonObject } from "../domain/json.ts";
import type { Plan, Step, StepId } from "../domain/plan.ts";
import type { ActionRecord, ArtifactStore } from "../domain/store.ts";
import { contentKey, type StepGift } from "../plan/content-key.ts";
import type { StepSurvey } from "../report/plan-document.ts";

/** Looks, without changing anything, which steps of a plan the store already answers. */
export async function surveyPlan(plan: Plan, store: ArtifactStore): Promise<ReadonlyMap<StepId, StepSurvey>> {
  const records = new Map<StepId, ActionRecord>();
  const surveys = new Map<StepId, StepSurvey>();
  for (const step of plan.steps) {
    if (step.kind === "select" || step.kind === "publish") {
      surveys.set(step.id, { state: "always", estimateSeconds: null, changed: [] });
      continue;
    }
    const found = await lookUp(step, records, store);
    if (found.record) records.set(step.id, found.record);
    const memory = await store.recall(plan.recipe.name, step.id);
    const changed = found.state === "miss" && memory ? changedInputs(memory.definition, asJson(step.definition)) : [];
    surveys.set(step.id, { state: found.state, estimateSeconds: found.record?.run.seconds ?? memory?.seconds ?? null, changed });
  }
  return surveys;
}

async function lookUp(step: Step, records: ReadonlyMap<StepId, ActionRecord>, store: ArtifactStore) {
  const gifts: Record<string, StepGift> = {};
  for (const need of step.needs) {
    const record = records.get(need.step);
    if (!record) return { state: "depends" as const, record: null };
    gifts[need.as] = { tree: record.tree.digest, result: record.result };
  }
  const keyed = contentKey(step.definition, gifts);
  const record = keyed && (await store.lookup(keyed.key));
  return record ? { state: "hit" as const, record } : { state: "miss" as const, record: null };
}

/** Paths of the members that differ: `options.precision`, `contents.lines.py`. */
export function changedInputs(before: JsonObject, now: JsonObject, path = ""): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    const [old, fresh] = [before[name], now[name]];
    if (canonicalJson(old) === canonicalJson(fresh)) return [];
    const at = path === "" ? name : `${path}.${name}`;
    return isObject(old) && isObject(fresh) ? changedInputs(old, fresh, at) : [at];
  });
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

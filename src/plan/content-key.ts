import { type Digest, digestJson } from "../domain/digest.ts";
import { asJson, type Json, type JsonObject } from "../domain/json.ts";
import type { StepDefinition } from "../domain/plan.ts";

/** What a step gave, as far as the steps after it can see. */
export interface StepGift {
  readonly tree: Digest | null;
  readonly result: Json;
}

/**
 * The key under which a step's result is kept: its definition with each needed step replaced by the digest of what that
 * step really gave. An upstream that changed but gave the same bytes leaves it as it was, and the work is not repeated.
 *
 * @returns null when the definition has an unknown input (an environment that could not be named): such a step is never cached.
 */
export function contentKey(
  definition: StepDefinition,
  gifts: Readonly<Record<string, StepGift>>,
): { key: Digest; inputs: JsonObject } | null {
  if (definition.worker !== null && definition.environment === null) return null;
  const steps = Object.fromEntries(Object.keys(definition.steps).map((name) => [name, giftDigest(gifts[name], name)]));
  const inputs = asJson({ ...definition, steps });
  return { key: digestJson(inputs), inputs };
}

function giftDigest(gift: StepGift | undefined, name: string): Digest {
  if (!gift) throw new Error(`the content key needs input ${name}, which was not given`);
  return digestJson({ tree: gift.tree, result: gift.result });
}

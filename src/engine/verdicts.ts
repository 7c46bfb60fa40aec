import { z } from "zod";
import type { Agreement } from "../domain/agreement.ts";
import type { Json } from "../domain/json.ts";
import type { Speed } from "../domain/speed.ts";
import type { VerdictCode } from "../domain/verdict.ts";

/** Result of a validate step. */
export interface Validation {
  readonly verdict: "accepted" | "rejected" | "undecided";
  readonly reason: { readonly code: VerdictCode; readonly message: string };
  readonly agreement: Agreement;
}

/** Result of a measure step; the verdict is about the recipe's latency limits alone. */
export interface Measurement {
  readonly verdict: "accepted" | "rejected" | "undecided";
  readonly reason: { readonly code: VerdictCode; readonly message: string };
  readonly speed: Speed;
}

// Results of our own operations: the version in the key vouches for the rest of their shape.
const own = z.looseObject({
  verdict: z.enum(["accepted", "rejected", "undecided"]),
  reason: z.object({ code: z.string(), message: z.string() }),
});

export function validationOf(result: Json): Validation {
  return own.parse(result) as unknown as Validation;
}

export function measurementOf(result: Json): Measurement {
  return own.parse(result) as unknown as Measurement;
}

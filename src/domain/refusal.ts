import type { Diagnostic } from "./diagnostic.ts";
import type { Failure } from "./failure.ts";

/** Why a command has nothing to do: faults of the recipe, or something around it. */
export type Refusal = { readonly diagnostics: readonly Diagnostic[] } | { readonly failure: Failure };

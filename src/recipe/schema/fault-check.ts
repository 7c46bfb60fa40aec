import { z } from "zod";
import type { Result } from "../../domain/result.ts";
import type { QuantityFault } from "../quantities.ts";

/** What a schema's own check says of a value; carried through zod as the issue's `params`. */
export interface CheckFault {
  readonly code: "missing-key" | "missing-unit" | "wrong-unit" | "wrong-type" | "invalid-value" | "path-escapes";
  readonly message: string;
  readonly expected?: string;
  readonly hint?: string;
  /** The key at fault below the value that is checked, where it is not the value itself. */
  readonly key?: string | number;
}

/** Facts for the JSON Schema of a value that zod cannot describe. */
export interface TextMeta {
  readonly description: string;
  readonly pattern?: string;
  readonly examples?: readonly string[];
}

/** A text that a parser of ours reads into a value; the parser's fault becomes the diagnostic. */
export function parsed<T>(parse: (value: unknown) => Result<T, QuantityFault>, meta: TextMeta) {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = parse(value);
      if (result.ok) return result.value;
      addFault(context.issues, value, result.error);
      return z.NEVER;
    })
    .meta({ type: "string", ...meta, ...(meta.examples && { examples: [...meta.examples] }) });
}

/** A text that must match a pattern; `explain` says what is wrong with one that does not. */
export function patternText(pattern: RegExp, meta: Omit<TextMeta, "pattern">, explain: (text: string) => CheckFault) {
  return z
    .string()
    .check((context) => {
      if (!pattern.test(context.value)) addFault(context.issues, context.value, explain(context.value));
    })
    .meta({ pattern: pattern.source, ...meta, ...(meta.examples && { examples: [...meta.examples] }) });
}

/**
 * A check of a map or list itself: made whatever is wrong with what is in it, which is another cause, but not where it is no such thing
 * at all. `check` may meet anything in it.
 */
export function outerCheck<T extends object>(check: z.core.CheckFn<T>): z.core.$ZodCheck<T> {
  const made = z.check<T>(check);
  made._zod.def.when = (payload) => !hasOwnIssue(payload, "invalid_type");
  return made;
}

/** Whether a key that is missing may only be misspelt. */
export function hasUnknownKey(payload: z.core.ParsePayload): boolean {
  return hasOwnIssue(payload, "unrecognized_keys");
}

// Issues of what is inside have a path.
function hasOwnIssue({ issues }: z.core.ParsePayload, wanted: z.core.$ZodRawIssue["code"]): boolean {
  return issues.some(({ code, path = [] }) => code === wanted && path.length === 0);
}

/** The check of a map of which exactly one of some keys must be given. */
export function exactlyOne(keys: readonly string[], what: string) {
  const expected = `exactly one of ${listed(keys)}`;
  return outerCheck<Readonly<Record<string, unknown>>>((context) => {
    const given = keys.filter((key) => context.value[key] !== undefined);
    if (given.length === 1 || (given.length === 0 && hasUnknownKey(context))) return;
    const extra = given[1];
    const fault: CheckFault =
      extra === undefined
        ? { code: "missing-key", message: `nothing says ${what}`, expected }
        : {
            code: "invalid-value",
            message: `${given.map((key) => `\`${key}\``).join(" and ")} ${given.length === 2 ? "both" : "all"} say ${what}`,
            expected,
            key: extra,
          };
    addFault(context.issues, context.value, fault);
  });
}

/** The same, for editors. */
export function exactlyOneMeta(keys: readonly string[]) {
  return { oneOf: keys.map((key) => ({ required: [key] })) };
}

export function addFault(issues: z.core.$ZodRawIssue[], input: unknown, fault: CheckFault): void {
  issues.push({ code: "custom", input, params: { fault }, message: fault.message, path: fault.key === undefined ? [] : [fault.key] });
}

export function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}

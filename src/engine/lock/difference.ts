import { isDigest, shortDigest } from "../../domain/digest.ts";
import type { YamlPath } from "../../recipe/fault.ts";

/** One thing that is not as the lock has it. */
export interface Difference {
  /** Where it stands in the lock, or would. */
  readonly path: YamlPath;
  /** One plain sentence. */
  readonly message: string;
  /** What the lock has; null where it has nothing. */
  readonly locked: string | null;
  /** What is here; null where nothing is. */
  readonly here: string | null;
  /** What brings the two together. */
  readonly mend: string;
}

/** How a kind of thing is spoken of. */
export interface Wording {
  /** `the worker tvm` */
  readonly thing: string;
  readonly mend: string;
}

/** Compares one value; nothing when they are equal. */
export function compareValue(
  path: YamlPath,
  { locked, here }: { locked: string | null | undefined; here: string | null | undefined },
  { thing, mend }: Wording,
): Difference[] {
  if ((locked ?? null) === (here ?? null)) return [];
  const values = { path, locked: locked ?? null, here: here ?? null, mend };
  if (values.locked === null) return [{ ...values, message: `${thing} is not in the lock` }];
  if (values.here === null) return [{ ...values, message: `${thing} is in the lock, and not here` }];
  return [{ ...values, message: `${thing} is not what the lock has: ${valueText(values.here)} here, locked ${valueText(values.locked)}` }];
}

/** Compares the entries of a section that are needed here; what the lock has beyond them does no harm. */
export function compareNeeded(
  path: YamlPath,
  { locked, here }: { locked: Readonly<Record<string, string>>; here: Readonly<Record<string, string>> },
  wording: (name: string) => Wording,
): Difference[] {
  return Object.keys(here).flatMap((name) => compareValue([...path, name], { locked: locked[name], here: here[name] }, wording(name)));
}

/** Compares all entries, of either side. */
export function compareAll(
  path: YamlPath,
  { locked, here }: { locked: Readonly<Record<string, string>>; here: Readonly<Record<string, string>> },
  wording: (name: string) => Wording,
): Difference[] {
  const names = [...new Set([...Object.keys(locked), ...Object.keys(here)])].sort();
  return names.flatMap((name) => compareValue([...path, name], { locked: locked[name], here: here[name] }, wording(name)));
}

/** Digests in their short form, anything else as it is. */
function valueText(value: string): string {
  return isDigest(value) ? shortDigest(value) : value;
}

import type { z } from "zod";
import type { YamlDocument } from "../document/yaml-document.ts";
import type { Fault, YamlPath } from "../fault.ts";
import { issueFaults } from "./issue-faults.ts";

/** A value of which any part may be missing; what is there is well-formed. */
export type Draft<T> = T extends readonly (infer U)[]
  ? readonly (Draft<U> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Draft<T[K]> | undefined }
    : T;

export interface Structure<S extends z.ZodType> {
  /** The whole value with its defaults, if nothing was wrong with it. */
  readonly form: z.output<S> | null;
  /** What was written, without the parts that are at fault: enough for the other checks to find their own faults. */
  readonly draft: Draft<z.input<S>>;
  readonly faults: readonly Fault[];
}

/** Checks a document against a schema, collecting every fault. */
export function checkStructure<S extends z.ZodType>(schema: S, document: YamlDocument, root: string): Structure<S> {
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return { form: parsed.data, draft: document.value as Draft<z.input<S>>, faults: [] };
  const faults = issueFaults({ schema, value: document.value, root }, parsed.error.issues);
  return { form: null, draft: withoutPaths(document.value, faults) as Draft<z.input<S>>, faults };
}

function withoutPaths(value: unknown, faults: readonly Fault[]): unknown {
  if (typeof value !== "object" || value === null || faults.some(({ path }) => path.length === 0)) return {};
  const pruned: unknown = structuredClone(value);
  for (const { path } of faults) remove(pruned, path);
  return pruned;
}

// An entry of a list leaves a hole, so that the others keep their places.
function remove(value: unknown, path: YamlPath): void {
  const [part, ...rest] = path;
  if (typeof value !== "object" || value === null || part === undefined) return;
  if (rest.length > 0) remove(Reflect.get(value, part), rest);
  else if (Array.isArray(value)) Reflect.set(value, part, undefined);
  else Reflect.deleteProperty(value, part);
}

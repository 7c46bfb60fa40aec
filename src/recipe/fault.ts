import type { DiagnosticCode } from "../domain/diagnostic-code.ts";

/** Where something stands in a YAML document: keys and list indexes from the root. */
export type YamlPath = readonly (string | number)[];

/** A fault found by a check, not yet placed in the text. */
export interface Fault {
  readonly code: DiagnosticCode;
  readonly severity?: "error" | "warning";
  readonly path: YamlPath;
  /** Whether the key itself is at fault, or what stands under it (the default). */
  readonly on?: "key" | "value";
  readonly message: string;
  readonly expected?: string;
  readonly hint?: string;
  /** Another place the fault is about, such as the first of two equal keys. */
  readonly related?: { readonly message: string; readonly path: YamlPath };
}

/** `model.shapes.x[0]`; the document itself has no name of its own and is called `root`. */
export function pathText(path: YamlPath, root = "the recipe"): string {
  if (path.length === 0) return root;
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
  return `\`${text.startsWith(".") ? text.slice(1) : text}\``;
}

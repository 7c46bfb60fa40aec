import { type Document, isScalar, type Node, visit } from "yaml";
import type { Diagnostic, SourceText, Span } from "../../domain/diagnostic.ts";

/**
 * A `duplicate-key` for each key of a map that was written before in the same map, with the first place it was. The later
 * ones are taken out of the document, so that value and places keep to the first.
 */
export function takeDuplicateKeys(source: SourceText, document: Document): Diagnostic[] {
  const faults: Diagnostic[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Map<string, Span>();
      map.items = map.items.filter(({ key }) => {
        if (!isScalar(key)) return true;
        const name = String(key.value);
        const first = seen.get(name);
        if (first === undefined) seen.set(name, spanOf(key));
        else faults.push(duplicate(source, name, { first, second: spanOf(key) }));
        return first === undefined;
      });
    },
  });
  return faults;
}

function duplicate(source: SourceText, name: string, { first, second }: { first: Span; second: Span }): Diagnostic {
  return {
    code: "duplicate-key",
    severity: "error",
    message: `the key \`${name}\` is given twice`,
    at: { source, span: second },
    hint: "keep one of the two",
    related: [{ message: "first given here", source, span: first }],
  };
}

function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

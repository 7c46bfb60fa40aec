import { type Alias, type Document, isAlias, isMap, isSeq, type Node, visit } from "yaml";
import type { Diagnostic, SourceText } from "../../domain/diagnostic.ts";

/** Most nodes that a document's aliases may expand to; the largest sensible recipe has some hundreds in all. */
const ALIAS_NODE_LIMIT = 10_000;

/**
 * Refuses texts whose aliases multiply ("billion laughs"), point into themselves or at nothing, before anything expands them.
 * At most one `yaml-alias-limit`, at the alias that goes over; a `yaml-syntax` for each alias without an anchor.
 */
export function checkAliases(source: SourceText, document: Document): Diagnostic[] {
  const anchors = new Map<string, Node>();
  const sizes = new Map<Node, number>();
  const targets = new Map<Alias, Node>();
  const faults: Diagnostic[] = [];
  let expanded = 0;
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target === undefined) {
          faults.push(fault(source, node, "yaml-syntax", `the alias \`*${node.source}\` has no anchor before it`));
          return undefined;
        }
        targets.set(node, target);
        expanded += sizeOf(target, targets, sizes);
        if (expanded > ALIAS_NODE_LIMIT) {
          faults.push(fault(source, node, "yaml-alias-limit", `aliases expand to more than ${ALIAS_NODE_LIMIT} values here`));
          return visit.BREAK;
        }
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return undefined;
    },
  });
  return faults;
}

/** Nodes under a node with aliases expanded; infinite for one that contains itself. */
function sizeOf(node: Node, targets: ReadonlyMap<Alias, Node>, sizes: Map<Node, number>): number {
  const known = sizes.get(node);
  if (known !== undefined) return known;
  sizes.set(node, Number.POSITIVE_INFINITY); // while it is being counted: meeting it again means that it contains itself
  const size = childrenOf(node, targets).reduce((sum, child) => sum + sizeOf(child, targets, sizes), 1);
  sizes.set(node, size);
  return size;
}

function childrenOf(node: Node, targets: ReadonlyMap<Alias, Node>): readonly Node[] {
  if (isAlias(node)) {
    const target = targets.get(node);
    // An alias that is not met yet lies inside its own anchor.
    return target === undefined ? [node] : [target];
  }
  if (isMap<Node, Node | null>(node)) return node.items.flatMap(({ key, value }) => (value === null ? [key] : [key, value]));
  return isSeq<Node>(node) ? node.items : [];
}

function fault(source: SourceText, node: Node, code: "yaml-syntax" | "yaml-alias-limit", message: string): Diagnostic {
  const [start, end] = node.range ?? [0, 0];
  return { code, severity: "error", message, at: { source, span: { start, end } } };
}

import { type Document, isAlias, type Node, visit } from "yaml";

/** Nodes that bear a tag (`!!str`, `!own`): what a value is follows from how it is written, and nothing else decides it. */
export function taggedNodes(document: Document): Node[] {
  const tagged: Node[] = [];
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node) && node.tag !== undefined) tagged.push(node);
    },
  });
  return tagged;
}

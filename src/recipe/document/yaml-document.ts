import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import type { Diagnostic, SourceText, Span } from "../../domain/diagnostic.ts";
import type { Fault, YamlPath } from "../fault.ts";

/** A YAML text that parsed: its value, and where in the text each part of it stands. */
export interface YamlDocument {
  readonly source: SourceText;
  /** Plain data: maps as objects, aliases resolved. */
  readonly value: unknown;
  /** Whether a value or an empty key stands at the path. */
  has(path: YamlPath): boolean;
  /** Where the key or the value of a path stands; of a path that is not there, the nearest place above it. */
  spanOf(path: YamlPath, on: "key" | "value"): Span;
  /** Turns a fault into a diagnostic that points at its place, or at the nearest place above it that exists. */
  place(fault: Fault): Diagnostic;
}

export function yamlDocument(source: SourceText, document: Document, value: unknown): YamlDocument {
  const placeOf = (path: YamlPath) => findPlace(document, path);
  const spanOf = (path: YamlPath, on: "key" | "value") => spanAt(source, placeOf(path), on);
  return {
    source,
    value,
    has: (path) => placeOf(path).depth === path.length,
    spanOf,
    place: (fault) => placeFault(source, fault, spanOf),
  };
}

function placeFault(source: SourceText, fault: Fault, spanOf: (path: YamlPath, on: "key" | "value") => Span): Diagnostic {
  return {
    code: fault.code,
    severity: fault.severity ?? "error",
    message: fault.message,
    at: { source, span: spanOf(fault.path, fault.on ?? "value") },
    ...(fault.expected !== undefined && { expected: fault.expected }),
    ...(fault.hint !== undefined && { hint: fault.hint }),
    ...(fault.related !== undefined && {
      related: [{ message: fault.related.message, source, span: spanOf(fault.related.path, "key") }],
    }),
  };
}

/** The deepest node on a path that exists, with the key that leads to it. */
interface Place {
  readonly depth: number;
  readonly key: Node | null;
  readonly node: Node | null;
}

function findPlace(document: Document, path: YamlPath): Place {
  let place: Place = { depth: 0, key: null, node: document.contents };
  for (const part of path) {
    const next = step(document, place, part);
    if (next === null) return place;
    place = next;
  }
  return place;
}

function step(document: Document, place: Place, part: string | number): Place | null {
  const node = isAlias(place.node) ? (place.node.resolve(document) ?? null) : place.node;
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find((item: Pair<Node, Node | null>) => isScalar(item.key) && String(item.key.value) === String(part));
    return pair === undefined ? null : { depth: place.depth + 1, key: pair.key, node: pair.value };
  }
  if (isSeq<Node>(node) && typeof part === "number") {
    const item = node.items[part];
    return item === undefined ? null : { depth: place.depth + 1, key: null, node: item };
  }
  return null;
}

// A block map or list spans many lines, so its key says better where it is; an empty value has no width to point at.
function spanAt(source: SourceText, place: Place, on: "key" | "value"): Span {
  const isBlock = isCollection(place.node) && !place.node.flow;
  const value = place.node === null || isBlock ? null : nodeSpan(source, place.node);
  const key = place.key === null ? null : nodeSpan(source, place.key);
  const first = isBlock ? firstSpan(source, place.node) : null;
  const [preferred, other] = on === "key" ? [key, value] : [value, key];
  return preferred ?? other ?? first ?? firstLine(source);
}

function nodeSpan(source: SourceText, node: Node): Span | null {
  const [start, end] = node.range ?? [0, 0];
  const lineEnd = source.text.indexOf("\n", start);
  const limit = lineEnd === -1 || lineEnd > end ? end : lineEnd;
  return limit > start ? { start, end: limit } : null;
}

function firstSpan(source: SourceText, node: Node | null): Span | null {
  const item = isMap<Node, Node>(node) ? node.items[0]?.key : isSeq<Node>(node) ? node.items[0] : null;
  if (item === null || item === undefined) return null;
  return nodeSpan(source, item);
}

function firstLine({ text }: SourceText): Span {
  const start = text.search(/\S/);
  return start === -1 ? { start: 0, end: 0 } : { start, end: start + (text.slice(start).match(/^[^\n]*/)?.[0].length ?? 0) };
}

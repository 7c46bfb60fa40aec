import { stripVTControlCharacters } from "node:util";

/** An element; attributes and children that are null are left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | null>>;
  readonly children?: readonly (XmlElement | null)[];
  readonly text?: string;
}

/** An XML 1.0 document in UTF-8 with its declaration, indented. */
export function xmlText(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, "")}`;
}

function element({ name, attributes = {}, children = [], text = "" }: XmlElement, indent: string): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== null);
  const head = `${indent}<${name}${given.map(([key, value]) => ` ${key}="${attributeText(String(value))}"`).join("")}`;
  const inner = children.filter((child) => child !== null).map((child) => element(child, `${indent}  `));
  if (inner.length > 0) return `${head}>\n${inner.join("")}${indent}</${name}>\n`;
  return text === "" ? `${head}/>\n` : `${head}>${escaped(text)}</${name}>\n`;
}

/** A parser makes spaces of line ends and tabs in attributes unless they are written as references. */
function attributeText(text: string): string {
  return escaped(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}

function escaped(text: string): string {
  return legal(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** XML 1.0 has no place for most control characters, halves of surrogate pairs, U+FFFE and U+FFFF, escaped or not. */
function legal(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n?/g, "\n")
    .toWellFormed()
    .replaceAll(/[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}");
}

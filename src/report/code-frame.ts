import type { SourceText, Span } from "../domain/diagnostic.ts";
import { displayWidth } from "./display-width.ts";

/** A place in a text as editors count it: line and column from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Lines shown above the one at fault. */
const CONTEXT_LINES = 2;
/** Columns of the source shown; a longer line is cut around the fault. */
const WIDTH = 120;

/** How the parts of a frame are marked; plain text when nothing is. */
export interface FrameStyle {
  dim(text: string): string;
  mark(text: string): string;
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: before.length - lineStart + 1 };
}

/** The lines around a span with numbers, and carets under the span's first line. */
export function codeFrame({ text }: SourceText, span: Span, style: FrameStyle): string[] {
  const lines = text.split(/\r?\n/);
  const { line, column } = positionAt(text, span.start);
  const gutter = String(line).length;
  const above = Math.max(1, line - CONTEXT_LINES);
  const shift = Math.max(0, column - 1 - Math.floor((WIDTH * 2) / 3));
  const frame: string[] = [];
  for (let number = above; number <= line; number++) {
    frame.push(`  ${style.dim(`${String(number).padStart(gutter)} |`)} ${visible(lines[number - 1] ?? "", shift)}`.trimEnd());
  }
  const source = lines[line - 1] ?? "";
  const width = Math.max(1, Math.min(span.end - span.start, source.length - column + 1, WIDTH - (column - 1 - shift)));
  const indent = displayWidth(visible(source.slice(0, column - 1), shift));
  const carets = "^".repeat(Math.max(1, displayWidth(visible(source.slice(0, column - 1 + width), column - 1))));
  frame.push(`  ${style.dim(`${" ".repeat(gutter)} |`)} ${" ".repeat(indent)}${style.mark(carets)}`);
  return frame;
}

// A terminal runs control characters; a recipe must not be able to.
function visible(line: string, shift: number): string {
  return line
    .slice(shift, shift + WIDTH)
    .replaceAll("\t", " ")
    .replace(/\p{Cc}/gu, "�");
}

import type { Diagnostic, SourceText, Span } from "../domain/diagnostic.ts";
import type { JsonObject } from "../domain/json.ts";
import { cleanLine } from "./clean-text.ts";
import { codeFrame, type FrameStyle, positionAt } from "./code-frame.ts";
import type { Theme } from "./theme.ts";

/** The part of a theme that diagnostics are drawn with. */
export type DiagnosticStyle = Pick<Theme, "paint">;

/** Diagnostics as text for people: each with its place, a code frame, what was expected and how to mend it. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], style: DiagnosticStyle): string {
  return diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, style)).join("\n\n");
}

export function formatDiagnostic(diagnostic: Diagnostic, { paint }: DiagnosticStyle): string {
  const { code, severity, message, at, expected, hint, related = [] } = diagnostic;
  const tone = severity === "error" ? paint.red : paint.yellow;
  const frameStyle: FrameStyle = { dim: paint.dim, mark: tone };
  const place = at === undefined ? "" : `${paint.bold(placeText(at.source, at.span))} `;
  return [
    `${place}${tone(`${severity}[${code}]`)} ${cleanLine(message)}`,
    ...(at === undefined ? [] : codeFrame(at.source, at.span, frameStyle)),
    ...(expected === undefined ? [] : [`  ${paint.dim("expected:")} ${cleanLine(expected)}`]),
    ...(hint === undefined ? [] : [`  ${paint.cyan("hint:")} ${cleanLine(hint)}`]),
    ...related.flatMap((other) => [
      `  ${placeText(other.source, other.span)} ${cleanLine(other.message)}`,
      ...codeFrame(other.source, other.span, { ...frameStyle, mark: frameStyle.dim }),
    ]),
  ].join("\n");
}

/** A diagnostic as plain data: offsets become lines and columns, counted from 1. */
export function diagnosticJson({ code, severity, message, at, expected, hint, related = [] }: Diagnostic): JsonObject {
  return {
    code,
    severity,
    message,
    ...(at !== undefined && placeJson(at.source, at.span)),
    ...(expected !== undefined && { expected }),
    ...(hint !== undefined && { hint }),
    ...(related.length > 0 && { related: related.map((other) => ({ message: other.message, ...placeJson(other.source, other.span) })) }),
  };
}

/** `2 errors, 1 warning` */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const counts: readonly (readonly [number, string])[] = [
    [errors, "error"],
    [diagnostics.length - errors, "warning"],
  ];
  const texts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}${count === 1 ? "" : "s"}`);
  return texts.length === 0 ? "no errors" : texts.join(", ");
}

function placeText(source: SourceText, span: Span): string {
  const { line, column } = positionAt(source.text, span.start);
  return `${cleanLine(source.path)}:${line}:${column}`;
}

function placeJson(source: SourceText, span: Span): JsonObject {
  const start = positionAt(source.text, span.start);
  const end = positionAt(source.text, span.end);
  return { file: source.path, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

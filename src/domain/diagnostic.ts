import type { DiagnosticCode } from "./diagnostic-code.ts";

/** A stretch of a source file, as offsets into its text (UTF-16 code units, end exclusive). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text a span points into. */
export interface SourceText {
  /** Path as the user would write it, for messages. */
  readonly path: string;
  readonly text: string;
}

/** One fault, or one warning, of a recipe or target file: one per cause. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  /** One plain sentence: what is wrong. */
  readonly message: string;
  /** Where; absent when there is no text to point at (a missing file). */
  readonly at?: { readonly source: SourceText; readonly span: Span };
  /** What was expected there, in words. */
  readonly expected?: string;
  /** How to mend it: a "did you mean", or the command to run. */
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly source: SourceText; readonly span: Span }[];
}

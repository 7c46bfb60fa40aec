import { stripVTControlCharacters } from "node:util";

const MAX_LENGTH = 400;

/** What ended the process by itself, as runtimes and C libraries put it; what says more comes first. */
const DEATHS = [
  /^\s*what\(\):/,
  /^Fatal Python error:/,
  /\bSegmentation fault\b/,
  /\bFloating point exception\b/,
  /\bIllegal instruction\b/,
  /Assertion .* failed/,
  /\bterminate called\b/,
];
/** The last line of a Python traceback: `package.SomeError: what happened`. */
const PYTHON_EXCEPTION = /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Unavailable|Fault)(?::\s.*\S.*)?$/;
const PYTHON_EXCEPTION_OF_ANY_NAME = /^(?:[A-Za-z_]\w*\.)+[A-Z]\w*:\s.*\S.*$/;
/** Compilers put the cause first and what follows from it after. */
const ERROR = /\b(?:fatal error|error|fatal)\b\s*[:\]]|^\[E:|\bCHECK failed\b|\bCheck failed\b/i;

/** The line of a log that says the most about why the process failed, trimmed; null for an empty log. */
export function keyLine(logText: string): string | null {
  const lines = stripVTControlCharacters(logText)
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "");
  const line =
    firstDeath(lines) ??
    lines.findLast((candidate) => PYTHON_EXCEPTION.test(candidate) || PYTHON_EXCEPTION_OF_ANY_NAME.test(candidate)) ??
    lines.find((candidate) => ERROR.test(candidate)) ??
    lines.at(-1);
  return line === undefined ? null : shorten(line.trim());
}

function firstDeath(lines: readonly string[]): string | undefined {
  const death = DEATHS.find((pattern) => lines.some((line) => pattern.test(line)));
  return lines.find((line) => death?.test(line));
}

function shorten(line: string): string {
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 1)}…`;
}

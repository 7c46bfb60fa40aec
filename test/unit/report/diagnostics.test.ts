import { expect, test } from "vitest";
import type { Diagnostic } from "../../../src/domain/diagnostic.ts";
import { countText, diagnosticJson, formatDiagnostic, formatDiagnostics } from "../../../src/report/diagnostics.ts";
import { createTheme } from "../../../src/report/theme.ts";

const plain = createTheme({ colour: false, unicode: true, width: 120 });
const coloured = createTheme({ colour: true, unicode: true, width: 120 });
const TEXT = "recipe: 1\nname: x\n\nmodel:\n  sha265: abc\n  from: { path: a.onnx }\n";

function at(fragment: string, text = TEXT): Diagnostic["at"] & object {
  const start = text.indexOf(fragment);
  return { source: { path: "recipes/x.yaml", text }, span: { start, end: start + fragment.length } };
}

const FAULT: Diagnostic = {
  code: "unknown-key",
  severity: "error",
  message: "`model` has no key `sha265`",
  at: at("sha265"),
  expected: "one of `from`, `sha256`",
  hint: "did you mean `sha256`?",
};

test("place, code, message, frame, what was expected, how to mend it", () => {
  expect(formatDiagnostic(FAULT, plain)).toBe(
    [
      "recipes/x.yaml:5:3 error[unknown-key] `model` has no key `sha265`",
      "  3 |",
      "  4 | model:",
      "  5 |   sha265: abc",
      "    |   ^^^^^^",
      "  expected: one of `from`, `sha256`",
      "  hint: did you mean `sha256`?",
    ].join("\n"),
  );
});

test("colours mark the same text", () => {
  const text = formatDiagnostic(FAULT, coloured);
  expect(text).toContain("\u001b[31merror[unknown-key]\u001b[39m");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  expect(text.replace(/\u001b\[\d+m/g, "")).toBe(formatDiagnostic(FAULT, plain));
});

test("related places have frames of their own; one without a place has none", () => {
  const related = [{ message: "first given here", ...at("name") }];
  expect(formatDiagnostic({ code: "duplicate-key", severity: "error", message: "twice", at: at("model"), related }, plain)).toBe(
    [
      "recipes/x.yaml:4:1 error[duplicate-key] twice",
      "  2 | name: x",
      "  3 |",
      "  4 | model:",
      "    | ^^^^^",
      "  recipes/x.yaml:2:1 first given here",
      "  1 | recipe: 1",
      "  2 | name: x",
      "    | ^^^^",
    ].join("\n"),
  );
  expect(formatDiagnostic({ code: "recipe-not-found", severity: "error", message: "there is no file a" }, plain)).toBe(
    "error[recipe-not-found] there is no file a",
  );
});

test("carets stand under wide characters, tabs and in a long line that is cut", () => {
  const frame = (text: string, fragment: string) =>
    formatDiagnostic({ ...FAULT, at: at(fragment, text) }, plain)
      .split("\n")
      .slice(1, 3);
  expect(frame("名: 値 # x", "値")).toEqual(["  1 | 名: 値 # x", "    |     ^^"]);
  expect(frame("a:\tb", "b")).toEqual(["  1 | a: b", "    |    ^"]);
  const [line = "", carets = ""] = frame(`${"x".repeat(500)}HERE${"y".repeat(500)}`, "HERE");
  expect(line.length).toBeLessThan(130);
  expect(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("HERE");
});

test("a span over several lines is marked on its first, and one of no width once", () => {
  const wide = { ...FAULT, at: { source: { path: "a", text: "ab\ncd" }, span: { start: 1, end: 5 } } };
  expect(formatDiagnostic(wide, plain).split("\n").slice(1, 3)).toEqual(["  1 | ab", "    |  ^"]);
  const empty = { ...FAULT, at: { source: { path: "a", text: "" }, span: { start: 0, end: 0 } } };
  expect(formatDiagnostic(empty, plain).split("\n").slice(0, 3)).toEqual([
    "a:1:1 error[unknown-key] `model` has no key `sha265`",
    "  1 |",
    "    | ^",
  ]);
});

test("a recipe cannot steer the terminal", () => {
  const text = "name: \u001b[2Jx\n";
  const shown = formatDiagnostic({ ...FAULT, message: "`\u001b[2Jx` is bad", at: at("name", text) }, plain);
  expect(shown).not.toContain("\u001b");
});

test("Windows line ends", () => {
  expect(
    formatDiagnostic({ ...FAULT, at: at("b: 2", "a: 1\r\nb: 2\r\n") }, plain)
      .split("\n")
      .slice(0, 4),
  ).toEqual(["recipes/x.yaml:2:1 error[unknown-key] `model` has no key `sha265`", "  1 | a: 1", "  2 | b: 2", "    | ^^^^"]);
});

test("several stand apart, and are counted by severity", () => {
  const warning: Diagnostic = { code: "proof-unreachable", severity: "warning", message: "w" };
  expect(formatDiagnostics([warning, FAULT], plain)).toBe(`warning[proof-unreachable] w\n\n${formatDiagnostic(FAULT, plain)}`);
  expect(countText([warning, FAULT, warning])).toBe("1 error, 2 warnings");
  expect(countText([FAULT, FAULT])).toBe("2 errors");
  expect(countText([])).toBe("no errors");
});

test("as JSON, offsets are lines and columns", () => {
  expect(diagnosticJson({ ...FAULT, related: [{ message: "here", ...at("name") }] })).toEqual({
    code: "unknown-key",
    severity: "error",
    message: "`model` has no key `sha265`",
    file: "recipes/x.yaml",
    line: 5,
    column: 3,
    endLine: 5,
    endColumn: 9,
    expected: "one of `from`, `sha256`",
    hint: "did you mean `sha256`?",
    related: [{ message: "here", file: "recipes/x.yaml", line: 2, column: 1, endLine: 2, endColumn: 5 }],
  });
  expect(diagnosticJson({ code: "recipe-not-found", severity: "error", message: "m" })).toEqual({
    code: "recipe-not-found",
    severity: "error",
    message: "m",
  });
});

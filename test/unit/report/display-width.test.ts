import { styleText } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { displayWidth, padEnd, padStart, truncate, wrap } from "../../../src/report/display-width.ts";

const red = (text: string): string => styleText("red", text, { validateStream: false });

test.each([
  ["", 0],
  ["openvino/float32", 16],
  ["文字認識", 8],
  ["한국어", 6],
  ["é", 1],
  ["e\u0301", 1],
  ["👩‍🔬 ok", 5],
  ["✔ ━─", 4],
  ["⌚", 2],
  ["a…b ⠋ é ñ µ → ✖ └", 17],
  ["✔️", 2],
  [red("文字"), 4],
  ["\u200B", 0],
])("%j takes %d columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test("a cut text ends in an ellipsis and never in half a wide character", () => {
  expect(truncate("compile cpu-x64", 9)).toBe("compile …");
  expect(truncate("文字認識", 8)).toBe("文字認識");
  expect(truncate("文字認識", 7)).toBe("文字認…");
  expect(truncate("文字認識", 6)).toBe("文字…");
  expect(truncate("compile", 0)).toBe("");
});

test("a cut styled text closes its style", () => {
  expect(truncate(red("compile"), 4)).toBe("\u001B[31mcom…\u001B[0m");
  expect(truncate(red("com"), 4)).toBe(red("com"));
});

test("no text is cut wider than asked", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, columns) => {
      expect(displayWidth(truncate(red(text), columns))).toBeLessThanOrEqual(columns);
    }),
  );
});

test("padding counts columns, not characters", () => {
  expect(padEnd("文字", 6)).toBe("文字  ");
  expect(padStart(red("文"), 3)).toBe(` ${red("文")}`);
  expect(padEnd("too long", 3)).toBe("too long");
});

test("lines break at spaces, but not inside a path and not before a percent sign", () => {
  expect(wrap("its log is /var/lib/fettle/logs/compile.log as ever", 20)).toEqual([
    "its log is",
    "/var/lib/fettle/logs/compile.log",
    "as ever",
  ]);
  expect(wrap("differs in 41.2 % of it", 15)).toEqual(["differs in", "41.2 % of it"]);
});

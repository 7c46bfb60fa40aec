import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDuration, parseMetricBudget, parsePercent } from "../../../src/recipe/quantities.ts";
import { editDistance, suggest } from "../../../src/recipe/suggest.ts";

const UNITS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 } as const;
const number = fc.oneof(
  fc.integer({ min: 1, max: 100_000 }),
  fc.integer({ min: 1, max: 9_999 }).map((value) => value / 100),
);
const space = fc.constantFrom("", " ", "  ");

test("a duration is its number times its unit, however it is spaced", () => {
  fc.assert(
    fc.property(number, fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[])), space, space, (value, unit, inner, outer) => {
      const text = `${outer}${value}${inner}${unit}${outer}`;
      expect(parseDuration(text)).toEqual({ ok: true, value: { nanoseconds: value * UNITS[unit], text: text.trim() } });
    }),
  );
});

test("a duration's text, read again, gives the same duration", () => {
  fc.assert(
    fc.property(number, fc.constantFrom(...Object.keys(UNITS)), space, (value, unit, inner) => {
      const first = parseDuration(`${value}${inner}${unit}`);
      expect(first.ok && parseDuration(first.value.text)).toEqual(first);
    }),
  );
});

test("no text makes the parsers throw, and none without a unit passes", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.jsonValue()), (value) => {
      for (const parse of [parseDuration, parseMetricBudget, parsePercent]) {
        const result = parse(value);
        if (typeof value === "number" || value === null) expect(result.ok).toBe(false);
      }
    }),
  );
});

test("what a metric must keep", () => {
  expect(parseMetricBudget("99.5 % of reference")).toEqual({
    ok: true,
    value: { kind: "share-of-reference", percent: 99.5, text: "99.5 % of reference" },
  });
  expect(parseMetricBudget("100% of  reference")).toMatchObject({ ok: true, value: { percent: 100 } });
  expect(parseMetricBudget(".5 pp")).toMatchObject({ ok: true, value: { kind: "points-below-reference", points: 0.5 } });
});

test.each([
  [parseDuration, "60", "missing-unit", "write `60 ms`"],
  [parseDuration, 60, "missing-unit", "write `60 ms`"],
  [parseDuration, "60 mss", "wrong-unit", "did you mean `ms`?"],
  [parseDuration, "60 MS", "wrong-unit", "did you mean `ms`?"],
  [parseDuration, "5 seconds", "wrong-unit", "write `s`"],
  [parseDuration, "5 %", "wrong-unit", undefined],
  [parseDuration, "5 constructor", "wrong-unit", undefined],
  [parseDuration, "0 ms", "invalid-value", undefined],
  [parseDuration, "-3 ms", "invalid-value", undefined],
  [parseDuration, "soon", "invalid-value", undefined],
  [parseDuration, true, "wrong-type", undefined],
  [parseMetricBudget, "99.5", "missing-unit", "write `99.5 % of reference`"],
  [parseMetricBudget, 0.5, "missing-unit", "write `0.5 pp`"],
  [parseMetricBudget, "99.9 %", "wrong-unit", "write `99.9 % of reference`, or points below it as `0.1 pp`"],
  [parseMetricBudget, "0.5 points", "wrong-unit", "write `pp`"],
  [parseMetricBudget, "120 % of reference", "invalid-value", undefined],
  [parsePercent, "0.03", "missing-unit", "write `3 %`"],
  [parsePercent, "3 percent", "wrong-unit", "write `%`"],
  [parsePercent, "300 %", "invalid-value", undefined],
  [parsePercent, "-3 %", "invalid-value", undefined],
])("%o of %o is %s", (parse, value, code, hint) => {
  const result = parse(value);
  expect(result.ok ? null : { code: result.error.code, hint: result.error.hint }).toEqual({ code, hint });
});

test("edits count one each, a swap of neighbours too", () => {
  expect(["", "cat", "at", "cats", "cut", "act", "dog"].map((word) => editDistance("cat", word))).toEqual([3, 0, 1, 1, 1, 1, 3]);
});

test("a word with one slip is traced back to where it came from", () => {
  const words = ["onnxruntime", "openvino", "tensorrt-rtx", "precision", "calibration"];
  fc.assert(
    fc.property(fc.constantFrom(...words), fc.nat(), fc.constantFrom("drop", "double", "swap"), (word, seed, slip) => {
      const at = seed % (word.length - 1);
      const [before, here, next, after] = [word.slice(0, at), word[at] ?? "", word[at + 1] ?? "", word.slice(at + 2)];
      const middle = slip === "drop" ? next : slip === "double" ? here + here + next : next + here;
      expect(suggest(before + middle + after, words)).toBe(word);
    }),
  );
});

test("nothing is suggested for a word that resembles none", () => {
  expect(suggest("gpu", ["cpu-x64", "onnxruntime"])).toBeNull();
  expect(suggest("tv", ["tvm", "openvino"])).toBe("tvm");
});

import { expect, test } from "vitest";
import {
  formatBytes,
  formatElapsed,
  formatNanoseconds,
  formatPercentile,
  formatRatio,
  formatSeconds,
  formatShare,
  formatSignificant,
  formatSpeed,
} from "../../../src/report/format.ts";

test.each([
  [0, "0 ms"],
  [0.0431, "43 ms"],
  [0.0994, "99 ms"],
  [0.0996, "0.1 s"],
  [2.14, "2.1 s"],
  [59.94, "59.9 s"],
  [59.96, "1 min 00 s"],
  [187, "3 min 07 s"],
  [3599.6, "1 h 00 min"],
  [3725, "1 h 02 min"],
])("%d seconds read %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test.each([
  [-5, "0.0 s"],
  [3210, "3.2 s"],
  [59_900, "59.9 s"],
  [67_000, "1:07"],
  [3_727_000, "1:02:07"],
])("a clock at %d ms shows %s", (milliseconds, text) => {
  expect(formatElapsed(milliseconds)).toBe(text);
});

test.each([
  [853, "853 ns"],
  [999.6, "1.00 µs"],
  [1_319_000, "1.32 ms"],
  [14_100_000, "14.1 ms"],
  [141_000_000, "141 ms"],
  [2_000_000_000, "2.00 s"],
])("%d ns read %s", (nanoseconds, text) => {
  expect(formatNanoseconds(nanoseconds)).toBe(text);
});

test.each([
  [0, "0 B"],
  [812, "812 B"],
  [999, "999 B"],
  [21_640_000, "21.6 MB"],
  [999_600, "1.00 MB"],
  [3_200_000_000_000_000, "3200 TB"],
])("%d bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, 2, "0"],
  [3.1e-6, 2, "3.1e-6"],
  [0.0796, 2, "0.080"],
  [0.1043, 2, "0.10"],
  [-1.27, 2, "-1.3"],
  [123.4, 2, "123"],
  [0.98312, 4, "0.9831"],
  [1.2e6, 2, "1.2e6"],
])("%d to %d digits reads %s", (value, digits, text) => {
  expect(formatSignificant(value, digits)).toBe(text);
});

test.each([
  [0.994, "0.99x"],
  [1.32, "1.32x"],
  [9.996, "10.0x"],
  [12.34, "12.3x"],
  [123.4, "123x"],
])("a ratio of %d reads %s", (ratio, text) => {
  expect(formatRatio(ratio)).toBe(text);
});

test("a speed carries its interval, and an undecided one says so first", () => {
  expect(formatSpeed({ ratio: 1.32, low: 1.28, high: 1.36, verdict: "faster" })).toBe("1.32x faster (1.28-1.36)");
  expect(formatSpeed({ ratio: 0.81, low: 0.78, high: 0.84, verdict: "slower" })).toBe("0.81x slower (0.78-0.84)");
  expect(formatSpeed({ ratio: 1.01, low: 0.97, high: 1.05, verdict: "undecided" })).toBe("undecided 1.01x (0.97-1.05)");
});

test("a percentile without its samples says how many it needs", () => {
  expect(formatPercentile({ nanoseconds: 14_114_000, samples: 400 })).toBe("14.1 ms");
  expect(formatPercentile({ needs: 459, samples: 400 })).toBe("n/a: needs 459 samples");
});

test.each([
  [0, "0 %"],
  [0.0004, "under 0.1 %"],
  [0.25, "25 %"],
  [0.412, "41.2 %"],
  [0.9998, "over 99.9 %"],
  [1, "100 %"],
])("a share of %d reads %s", (share, text) => {
  expect(formatShare(share)).toBe(text);
});

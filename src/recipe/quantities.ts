import type { Duration, MetricBudget } from "../domain/quantity.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { didYouMean } from "./suggest.ts";

/** Why a text is not the quantity that was asked for. */
export interface QuantityFault {
  readonly code: "missing-unit" | "wrong-unit" | "wrong-type" | "invalid-value";
  readonly message: string;
  readonly expected: string;
  readonly hint?: string;
}

const NANOSECONDS: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["min", 60e9],
  ["h", 3600e9],
]);
const DURATION_UNITS: readonly string[] = ["ns", "us", "ms", "s", "min", "h"];
const SPELLED: Readonly<Record<string, string>> = {
  nsec: "ns",
  usec: "us",
  micros: "us",
  msec: "ms",
  msecs: "ms",
  millis: "ms",
  milliseconds: "ms",
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  m: "min",
  mins: "min",
  minute: "min",
  minutes: "min",
  hr: "h",
  hour: "h",
  hours: "h",
  percent: "%",
  points: "pp",
  point: "pp",
};
const DURATION = "a length of time above zero with its unit: `60 ms`, `1.5 s`, `20 min`";
const BUDGET = "what the metric must keep: `99.5 % of reference` (a share of the reference's score) or `0.5 pp` (points below it)";
const PERCENT = "a percentage from 0 to 100, such as `3 %`";

/** `60 ms`, `1.5 s`, `20 min`: a length of time above zero. */
export function parseDuration(value: unknown): Result<Duration, QuantityFault> {
  const read = readQuantity(value, { expected: DURATION, example: (number) => `${number} ms` });
  if (!read.ok) return read;
  const { number, unit, text } = read.value;
  const scale = NANOSECONDS.get(unit);
  if (scale === undefined) return err(wrongUnit(text, unit, { expected: DURATION, units: DURATION_UNITS }));
  if (number <= 0) return err({ code: "invalid-value", message: `\`${text}\` is no length of time`, expected: DURATION });
  return ok({ nanoseconds: number * scale, text });
}

/** `99.5 % of reference` or `0.5 pp`. */
export function parseMetricBudget(value: unknown): Result<MetricBudget, QuantityFault> {
  const read = readQuantity(value, { expected: BUDGET, example: (number) => (number > 50 ? `${number} % of reference` : `${number} pp`) });
  if (!read.ok) return read;
  const { number, unit, text } = read.value;
  if (unit === "pp")
    return inRange(number, text, { most: 100, expected: BUDGET }) ?? ok({ kind: "points-below-reference", points: number, text });
  if (unit === "% of reference")
    return inRange(number, text, { most: 100, expected: BUDGET }) ?? ok({ kind: "share-of-reference", percent: number, text });
  if (unit === "%") {
    const hint = `write \`${number} % of reference\`, or points below it as \`${trimmed(100 - number)} pp\``;
    return err({ code: "wrong-unit", message: `\`${text}\` does not say what it is a percentage of`, expected: BUDGET, hint });
  }
  return err(wrongUnit(text, unit, { expected: BUDGET, units: ["pp", "% of reference"] }));
}

/** `3 %` as a fraction: 0.03. From 0 up to 100 %. */
export function parsePercent(value: unknown): Result<number, QuantityFault> {
  const read = readQuantity(value, { expected: PERCENT, example: (number) => `${number < 1 ? trimmed(number * 100) : number} %` });
  if (!read.ok) return read;
  const { number, unit, text } = read.value;
  if (unit !== "%") return err(wrongUnit(text, unit, { expected: PERCENT, units: ["%"] }));
  return inRange(number, text, { most: 100, expected: PERCENT }) ?? ok(number / 100);
}

const BYTES: ReadonlyMap<string, number> = new Map([
  ["B", 1],
  ["kB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
  ["TB", 1e12],
  ["KiB", 2 ** 10],
  ["MiB", 2 ** 20],
  ["GiB", 2 ** 30],
  ["TiB", 2 ** 40],
]);
const SIZE = "a size with its unit: `24 GiB`, `900 MB`";

/** `24 GiB`, `900 MB`: whole bytes, above zero. */
export function parseByteSize(value: unknown): Result<number, QuantityFault> {
  const read = readQuantity(value, { expected: SIZE, example: (number) => `${number} GiB` });
  if (!read.ok) return read;
  const { number, unit, text } = read.value;
  const scale = BYTES.get(unit);
  if (scale === undefined) return err(wrongUnit(text, unit, { expected: SIZE, units: [...BYTES.keys()] }));
  if (number <= 0) return err({ code: "invalid-value", message: `\`${text}\` is no size`, expected: SIZE });
  return ok(Math.round(number * scale));
}

interface Quantity {
  readonly number: number;
  /** With single spaces. */
  readonly unit: string;
  readonly text: string;
}

const QUANTITY = /^\s*([+-]?\d+(?:\.\d+)?|\.\d+)\s*(.*?)\s*$/;

function readQuantity(
  value: unknown,
  { expected, example }: { expected: string; example(number: number): string },
): Result<Quantity, QuantityFault> {
  if (typeof value !== "string" && typeof value !== "number") {
    return err({ code: "wrong-type", message: "this is no quantity", expected });
  }
  const text = String(value).trim();
  const match = QUANTITY.exec(text);
  const number = Number(match?.[1]);
  if (match === null || !Number.isFinite(number)) return err({ code: "invalid-value", message: `\`${text}\` is no quantity`, expected });
  const unit = (match[2] ?? "").replace(/\s+/g, " ");
  if (unit === "") return err({ code: "missing-unit", message: `\`${text}\` has no unit`, expected, hint: `write \`${example(number)}\`` });
  return ok({ number, unit, text });
}

function inRange(
  number: number,
  text: string,
  { most, expected }: { most: number; expected: string },
): Result<never, QuantityFault> | null {
  if (number >= 0 && number <= most) return null;
  return err({ code: "invalid-value", message: `\`${text}\` is not between 0 and ${most}`, expected });
}

function wrongUnit(text: string, unit: string, { expected, units }: { expected: string; units: readonly string[] }): QuantityFault {
  return { code: "wrong-unit", message: `\`${unit}\` in \`${text}\` is not a unit that fits here`, expected, ...unitHint(unit, units) };
}

function unitHint(unit: string, units: readonly string[]): { readonly hint?: string } {
  const short = Object.entries(SPELLED).find(([spelled]) => spelled === unit.toLowerCase())?.[1];
  return short !== undefined && units.includes(short) ? { hint: `write \`${short}\`` } : didYouMean(unit, units);
}

// 100 - 99.5 and 0.03 * 100 without binary dust.
function trimmed(number: number): string {
  return String(Number(number.toPrecision(12)));
}

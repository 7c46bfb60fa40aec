import type { PercentileValue, Speed } from "../domain/speed.ts";

/** `43 ms`, `2.1 s`, `3 min 07 s`, `1 h 02 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(seconds * 1e3)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** A running clock that keeps its width from frame to frame: `3.2 s`, `1:07`, `1:02:07`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1e3;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${twoDigits(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(whole % 60)}`;
}

/** Three significant digits and the unit that fits: `853 ns`, `1.32 ms`, `14.1 ms`. */
export function formatNanoseconds(nanoseconds: number): string {
  return scaled(nanoseconds, ["ns", "µs", "ms", "s"]);
}

/** Decimal units, three significant digits: `812 B`, `21.6 MB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ["B", "kB", "MB", "GB", "TB"]);
}

/** Two significant digits (or as many as asked), short: `0`, `0.080`, `3.0e-6`, `120`. */
export function formatSignificant(value: number, digits = 2): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e5) return value.toExponential(digits - 1).replace("e+", "e");
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(decimals);
}

/** `1.32x`, `12.3x`, `123x`. */
export function formatRatio(ratio: number): string {
  return `${formatFactor(ratio)}x`;
}

/** `1.32x faster (1.28-1.36)`, `0.81x slower (0.78-0.84)`, `undecided 1.01x (0.97-1.05)`. */
export function formatSpeed(speed: Pick<Speed, "ratio" | "low" | "high" | "verdict">): string {
  if (speed.verdict === "undecided") return `undecided ${formatRatioInterval(speed)}`;
  return formatRatioInterval(speed).replace(" ", ` ${speed.verdict} `);
}

/** `1.32x (1.28-1.36)`: a ratio and its interval. */
export function formatRatioInterval({ ratio, low, high }: Pick<Speed, "ratio" | "low" | "high">): string {
  return `${formatRatio(ratio)} (${formatFactor(low)}-${formatFactor(high)})`;
}

/** `14.1 ms`, or why there is none: `n/a: needs 459 samples`. */
export function formatPercentile(value: PercentileValue): string {
  return "nanoseconds" in value ? formatNanoseconds(value.nanoseconds) : `n/a: needs ${value.needs} samples`;
}

/** `12 %`, `0.3 %`, and never `0 %` or `100 %` for a share that is neither. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return "under 0.1 %";
  if (share < 1 && share > 0.999) return "over 99.9 %";
  const percent = share * 100;
  return `${Number.isInteger(Math.round(percent * 10) / 10) ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** `1 step`, `31 steps`. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

function formatFactor(ratio: number): string {
  if (ratio >= 99.95) return ratio.toFixed(0);
  return ratio >= 9.995 ? ratio.toFixed(1) : ratio.toFixed(2);
}

function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let index = 0;
  // 999.5 would print as 1000 in three digits: it belongs to the next unit.
  while (rest >= 999.5 && index < units.length - 1) {
    rest /= 1e3;
    index += 1;
  }
  const text = index === 0 && Number.isInteger(rest) ? String(rest) : threeDigits(rest);
  return `${text} ${units[index] ?? ""}`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

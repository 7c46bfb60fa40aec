import type { Json, JsonObject } from "../domain/json.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatCount } from "./format.ts";
import type { Theme } from "./theme.ts";

export interface LockDifferenceView {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly locked: string | null;
  readonly here: string | null;
  readonly mend: string;
}

/** What `fettle lock` did about one lock file. */
export interface LockView {
  readonly file: string;
  readonly recipes: readonly string[];
  readonly state: "written" | "unchanged" | "up to date" | "out of date";
  readonly differences: readonly LockDifferenceView[];
  readonly lock: object;
}

/** `fettle lock`, for people: each file, and what differs from what it had. */
export function renderLockOutcomes(outcomes: readonly LockView[], theme: Theme): string {
  return `${outcomes.flatMap((outcome) => outcomeLines(outcome, theme)).join("\n")}\n`;
}

/** `fettle lock --json`. */
export function lockDocument(outcomes: readonly LockView[]): JsonObject {
  return {
    schema: "fettle.lock-outcome/1",
    ok: outcomes.every(({ state }) => state !== "out of date"),
    locks: outcomes.map(({ file, recipes, state, differences, lock }) => ({
      file,
      recipes: [...recipes],
      state,
      differences: differences.map(({ path, ...rest }) => ({ path: path.join("."), ...rest })),
      lock: lock as Json,
    })),
  };
}

function outcomeLines({ file, recipes, state, differences }: LockView, theme: Theme): string[] {
  const { paint, symbols } = theme;
  const good = state !== "out of date";
  const symbol = good ? paint.green(symbols.done) : paint.red(symbols.failed);
  const about = `for ${recipes.join(", ")}`;
  const count = differences.length === 0 ? "" : `, ${formatCount(differences.length, "difference")}`;
  return [
    `${symbol} ${paint.bold(file)} ${state}${count} ${paint.dim(about)}`,
    ...differences.flatMap((difference) => differenceLines(difference, { mends: !good, theme })),
  ];
}

/** The mend is told where something is left to be mended. */
function differenceLines({ path, message, mend }: LockDifferenceView, { mends, theme }: { mends: boolean; theme: Theme }): string[] {
  const { paint, symbols, width } = theme;
  const indent = (text: string) => wrap(cleanLine(text), width - 6).map((line) => `      ${line}`);
  return [
    `    ${symbols.note} ${cleanLine(path.join("."))}`,
    ...indent(message),
    ...(mends ? indent(`mend: ${mend}`).map((line) => paint.dim(line)) : []),
  ];
}

import type { BuildState, StepState } from "./build-state.ts";
import { cleanLine } from "./clean-text.ts";
import { displayWidth, padEnd, truncate } from "./display-width.ts";
import { formatElapsed, formatShare } from "./format.ts";
import { type LiveRow, liveGroups } from "./live-rows.ts";
import type { Theme } from "./theme.ts";

export interface LiveViewOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly theme: Theme;
  /** Lines the view may take. */
  readonly height: number;
}

/** The live part of the screen: environments being made, then each target with its candidates, then one line for the whole. */
export function renderLiveView(state: BuildState, options: LiveViewOptions): string[] {
  const footer = renderFooter(state, options);
  const groups = liveGroups(state);
  const { shown, hidden } = fold(groups, options.height - 3);
  const nameWidth = Math.min(MAX_NAME_WIDTH, Math.max(0, ...shown.flatMap(({ rows }) => rows.map((row) => displayWidth(row.name)))));
  const lines = shown.flatMap(({ title, rows }) => [
    options.theme.paint.bold(title),
    ...rows.map((row) => renderRow(row, nameWidth, options)),
  ]);
  const more = hidden === 0 ? [] : [options.theme.paint.dim(`  … and ${hidden} more`)];
  return ["", ...lines, ...more, footer];
}

const MAX_NAME_WIDTH = 28;
/** Longest `StepKind`: `reference`. */
const ACTIVITY_WIDTH = 9;
/** Wider screens leave the rest empty: the eye would lose the line between a name and its time. */
const MAX_WIDTH = 110;

interface Group {
  readonly title: string;
  readonly rows: readonly LiveRow[];
}

/** Keeps what is going on before what is over or yet to come, within a number of lines. */
function fold(groups: readonly Group[], height: number): { shown: Group[]; hidden: number } {
  const all = groups.flatMap((group) => group.rows);
  const byUrgency = [...all].sort((a, b) => URGENCY[a.phase] - URGENCY[b.phase]);
  for (let count = all.length; count > 0; count--) {
    const kept = new Set(byUrgency.slice(0, count));
    const shown = groups
      .map(({ title, rows }) => ({ title, rows: rows.filter((row) => kept.has(row)) }))
      .filter(({ rows }) => rows.length > 0);
    if (shown.length + count <= height) return { shown, hidden: all.length - count };
  }
  return { shown: [], hidden: all.length };
}

const URGENCY: Readonly<Record<LiveRow["phase"], number>> = {
  running: 0,
  waiting: 1,
  failed: 2,
  pending: 3,
  done: 4,
  cached: 4,
  skipped: 5,
};

function renderRow(row: LiveRow, nameWidth: number, { now, theme }: LiveViewOptions): string {
  const { paint } = theme;
  const active = row.phase === "running" || row.phase === "waiting";
  const name = padEnd(truncate(row.name, nameWidth), nameWidth);
  const time = active ? formatElapsed(now - row.since) : "";
  const progress = row.fraction === null ? "" : `${bar(row.fraction, 12, theme)} ${formatShare(row.fraction).padEnd(6)}  `;
  const left = `  ${symbolOf(row, now, theme)} ${active ? name : paint.dim(name)}  ${paint.cyan(row.activity.padEnd(ACTIVITY_WIDTH))}  ${progress}${paint.dim(cleanLine(row.text))}`;
  const width = Math.min(theme.width - 1, MAX_WIDTH);
  const room = width - displayWidth(time) - 2;
  return time === "" ? truncate(left.trimEnd(), width) : `${padEnd(truncate(left, room), room)}  ${paint.dim(time)}`;
}

function symbolOf({ phase }: LiveRow, now: number, { paint, symbols }: Theme): string {
  switch (phase) {
    case "running":
      // From the clock, not from a frame counter: all spinners turn together and at the same speed on every terminal.
      return paint.cyan(symbols.spinner[Math.floor(now / SPINNER_MS) % symbols.spinner.length] ?? "");
    case "waiting":
      return paint.yellow(symbols.waiting);
    case "done":
      return paint.green(symbols.done);
    case "cached":
      return paint.cyan(symbols.cached);
    case "failed":
      return paint.red(symbols.failed);
    case "pending":
    case "skipped":
      return paint.dim(symbols.pending);
  }
}

const SPINNER_MS = 80;

function renderFooter(state: BuildState, { now, theme }: LiveViewOptions): string {
  const { paint, symbols } = theme;
  const steps = [...state.steps.values()];
  const count = (...phases: StepState["phase"][]): number => steps.filter((step) => phases.includes(step.phase)).length;
  const ended = count("done", "cached", "failed", "skipped");
  const parts = [`${ended}/${steps.length} steps`];
  if (count("cached") > 0) parts.push(`${count("cached")} cached`);
  if (count("failed") > 0) parts.push(paint.red(`${count("failed")} failed`));
  parts.push(formatElapsed(now - state.startedAt));
  const progress = bar(steps.length === 0 ? 0 : ended / steps.length, theme.width < 60 ? 10 : 24, theme);
  return truncate(`${progress}  ${paint.bold(state.recipe)}  ${parts.join(` ${symbols.separator} `)}`, theme.width - 1);
}

function bar(fraction: number, width: number, { paint, symbols }: Theme): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return paint.green(symbols.barFull.repeat(full)) + paint.dim(symbols.barEmpty.repeat(width - full));
}

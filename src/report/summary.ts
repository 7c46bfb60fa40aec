import { isExcused, type RunReport } from "../domain/report.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatCount, formatSeconds } from "./format.ts";
import { summariseFailures } from "./summary-failures.ts";
import { summariseTarget } from "./summary-target.ts";
import type { Theme } from "./theme.ts";

/**
 * What a build came to, for people: per target a table of its candidates and its winner, then every failure, what the
 * build cost and whether the recipe's demands were met. Ends with a line end.
 */
export function renderSummary(report: RunReport, theme: Theme): string {
  const sections = [
    ...report.targets.map((target) => summariseTarget(target, theme)),
    summariseFailures(report, theme),
    notes(report.notes, theme),
    [...totals(report, theme), ...verdict(report, theme)],
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `\n${text.join("\n\n")}\n`;
}

function notes(messages: readonly string[], theme: Theme): string[] {
  const indent = "  ";
  return messages.flatMap((message) =>
    wrap(cleanLine(message), theme.width - 2).map((line, index) => (index === 0 ? `${theme.symbols.note} ` : indent) + line),
  );
}

function totals({ steps, seconds }: RunReport, theme: Theme): string[] {
  const parts = [`${steps.executed} executed`, `${steps.cached} cached`];
  if (steps.failed > 0) parts.push(`${steps.failed} failed`);
  if (steps.skipped > 0) parts.push(`${steps.skipped} skipped`);
  return wrap(`${formatCount(steps.total, "step")}: ${parts.join(", ")} in ${formatSeconds(seconds)}`, theme.width);
}

function verdict(report: RunReport, theme: Theme): string[] {
  const { red, green, yellow } = theme.paint;
  const excused = report.targets.filter(isExcused).map(({ target }) => target);
  const short = report.targets.filter((target) => target.status !== "accepted" && !isExcused(target)).length;
  const count = `${short} of ${formatCount(report.targets.length, "target")}`;
  const met = "did not meet what the recipe requires";
  const say = (paint: (text: string) => string, text: string): string[] => {
    const [first = "", ...rest] = wrap(text, theme.width);
    return [paint(report.status) + first.slice(report.status.length), ...rest];
  };
  switch (report.status) {
    case "ok":
      if (excused.length === 0) return say(green, "ok: every target met what the recipe requires");
      return say(green, `ok: ${excusedText(report.targets.length, excused)}`);
    case "rejected":
      return say(red, `rejected: ${count} ${met}`);
    case "failed":
      return say(red, short === 0 ? "failed: see above" : `failed: ${count} ${met}`);
    case "interrupted":
      return say(yellow, "interrupted: finished steps are in the store, so the next build goes on from there");
  }
}

/** What was left out is named: it was not verified. */
function excusedText(targets: number, excused: readonly string[]): string {
  const met = excused.length === targets ? "no target that was asked for is required" : "every other target met what the recipe requires";
  return `${met}; optional, unavailable here and so not built: ${excused.join(", ")}`;
}

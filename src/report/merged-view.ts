import type { JobReport, MergedReport } from "../domain/merged-report.ts";
import { isExcused } from "../domain/report.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatCount, formatSeconds } from "./format.ts";
import { renderSummary } from "./summary.ts";
import type { Theme } from "./theme.ts";

/** `fettle report merge`, for people: what each recipe came to, the jobs that gave no report, and the verdict on all. */
export function renderMerged(merged: MergedReport, theme: Theme): string {
  const { paint, symbols } = theme;
  const recipes = merged.recipes.map(
    (report) => `\n${paint.bold(paint.cyan(report.recipe))}  ${paint.dim(report.source.file)}\n${renderSummary(report, theme)}`,
  );
  const faults = merged.jobs.filter(({ message }) => message !== null).flatMap((job) => faultLines(job, theme));
  const notes = merged.notes.flatMap((note) => wrap(`${symbols.note} ${note}`, theme.width));
  return `${recipes.join("")}\n${[...faults, ...notes, verdict(merged, theme)].join("\n")}\n`;
}

function faultLines({ report, status, message }: JobReport, { paint, symbols, width }: Theme): string[] {
  const told = wrap(cleanLine(message ?? ""), width - 4).map((line) => `    ${line}`);
  return [`${paint.red(symbols.failed)} ${paint.bold(cleanLine(report))} ${status}`, ...told];
}

function verdict({ status, recipes, jobs, seconds }: MergedReport, { paint }: Theme): string {
  const targets = recipes.flatMap((recipe) => recipe.targets);
  const accepted = targets.filter((target) => target.status === "accepted").length;
  const excused = targets.filter(isExcused).length;
  const colour = status === "ok" ? paint.green : paint.red;
  const counted = `${accepted} of ${formatCount(targets.length, "target")} accepted${excused === 0 ? "" : `, ${excused} optional and unavailable`}, from ${formatCount(jobs.length, "job")}`;
  return `${colour(status)}: ${counted} that took ${formatSeconds(seconds)} together`;
}

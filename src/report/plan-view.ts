import { shortDigest } from "../domain/digest.ts";
import type { Candidate, Plan, PlannedTarget, Step } from "../domain/plan.ts";
import { absenceText } from "../domain/recipe.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatCount, formatSeconds } from "./format.ts";
import { type PlanTotals, planTotals, type StepSurvey } from "./plan-document.ts";
import { type Column, fitColumns, renderTable } from "./table.ts";
import type { Theme } from "./theme.ts";

export interface PlanViewOptions {
  readonly theme: Theme;
  /** `--explain`: below each miss, which inputs of its key changed. */
  readonly explain: boolean;
}

/** What a build would do: the steps in order with their keys, which of them the store answers, and what the rest may take. */
export function renderPlan(plan: Plan, survey: ReadonlyMap<string, StepSurvey>, { theme, explain }: PlanViewOptions): string {
  const rows = plan.steps.map((step, index) => ({ index: index + 1, step, survey: survey.get(step.id) ?? null }));
  const table = fitColumns(columns(theme), rows, theme.width);
  const below = (row: Row): string[] => (explain && row.survey?.state === "miss" ? explanation(row.survey, theme) : []);
  const heading = `${theme.paint.bold(plan.recipe.name)}  ${formatCount(plan.steps.length, "step")} for ${formatCount(plan.targets.length, "target")}`;
  const lines = [
    heading,
    "",
    ...renderTable(table.columns, rows, theme, below),
    ...plan.targets.flatMap((target) => limits(target, theme)),
    "",
    ...totalLines(planTotals(plan, survey), theme),
  ];
  return `${lines.join("\n")}\n`;
}

interface Row {
  readonly index: number;
  readonly step: Step;
  readonly survey: StepSurvey | null;
}

function columns({ paint }: Theme): Column<Row>[] {
  return [
    { title: "#", cell: (row) => paint.dim(String(row.index)), align: "right", drop: 3 },
    { title: "step", cell: (row) => row.step.id },
    { title: "key", cell: (row) => paint.dim(shortDigest(row.step.key)), drop: 2 },
    { title: "store", cell: (row) => stateCell(row.survey, paint) },
    { title: "estimate", cell: (row) => estimateCell(row.survey), align: "right", drop: 1 },
  ];
}

function stateCell(survey: StepSurvey | null, paint: Theme["paint"]): string {
  switch (survey?.state) {
    case "hit":
      return paint.green("hit");
    case "miss":
      return paint.yellow("miss");
    case "depends":
      return paint.dim("depends");
    case "always":
      return paint.dim("always runs");
    case undefined:
      return paint.dim("unknown");
  }
}

/** What is answered from the store takes no time worth saying. */
function estimateCell(survey: StepSurvey | null): string | null {
  if (survey === null || survey.estimateSeconds === null || survey.state === "hit") return null;
  return formatSeconds(survey.estimateSeconds);
}

function explanation({ changed }: StepSurvey, theme: Theme): string[] {
  const text = changed.length === 0 ? "never made under this recipe" : `changed: ${changed.map(cleanLine).join(", ")}`;
  return wrap(text, theme.width - 8).map((line) => theme.paint.dim(`      ${line}`));
}

/** What will not be tried or not be run, so that nothing is left out in silence. */
function limits({ name, use, candidates, untried }: PlannedTarget, theme: Theme): string[] {
  const isLimited = (candidate: Candidate): candidate is Candidate & { cannotRun: string } => candidate.cannotRun !== null;
  const sentences = [
    ...candidates.filter(isLimited).map(({ id, cannotRun }) => `${id} is compiled only: ${cannotRun}`),
    ...untried.map(({ id, why }) => `${id} is not tried: ${why}`),
    ...(use.absent && candidates.length === 0 ? [`unavailable here, and optional: ${absenceText(use.absent)}`] : []),
  ];
  if (sentences.length === 0) return [];
  const lines = sentences.flatMap((sentence) =>
    wrap(cleanLine(sentence), theme.width - 6).map((line, index) => (index === 0 ? `  ${theme.symbols.note} ${line}` : `    ${line}`)),
  );
  return ["", theme.paint.bold(name), ...lines];
}

function totalLines(totals: PlanTotals, theme: Theme): string[] {
  const parts = [formatCount(totals.hit, "hit"), formatCount(totals.miss, "miss", "misses")];
  if (totals.depends > 0) parts.push(`${totals.depends} that depend on what comes before`);
  if (totals.always > 0) parts.push(`${totals.always} decided in every build`);
  if (totals.unknown > 0) parts.push(`${totals.unknown} unknown`);
  return wrap(`${parts.join(", ")}; ${workText(totals)}`, theme.width);
}

function workText({ hit, always, steps, estimateSeconds, withoutEstimate }: PlanTotals): string {
  if (hit + always === steps) return "nothing to execute";
  if (estimateSeconds === 0) return "no estimate, since none of it ran before";
  const rest = withoutEstimate === 0 ? "" : `, and ${formatCount(withoutEstimate, "step")} that never ran`;
  return `about ${formatSeconds(estimateSeconds)} of work by past runs${rest}`;
}

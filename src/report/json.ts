import type { RunReport } from "../domain/report.ts";

/** The text of `--json`: the report as one indented document. `runReportSchema` describes it. */
export function renderReportJson(report: RunReport): string {
  return jsonText(report);
}

/** Plain data as a command's `--json` prints it. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

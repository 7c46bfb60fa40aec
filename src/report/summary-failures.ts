import type { Failure } from "../domain/failure.ts";
import type { RunReport, TargetReport } from "../domain/report.ts";
import { wrap } from "./display-width.ts";
import { type FailureDetail, failureDetails, failureHeadline, LABEL_WIDTH } from "./failure-text.ts";
import type { Theme } from "./theme.ts";

/** Every failure once, with all it hit: an environment that cannot be made takes many candidates with it for one reason. */
export function summariseFailures(report: RunReport, theme: Theme): string[] {
  const groups = groupFailures(report);
  if (groups.length === 0) return [];
  return [theme.paint.bold("Failures"), ...groups.flatMap((group) => describeGroup(group, theme))];
}

interface FailureGroup {
  readonly headline: string;
  readonly hit: string[];
  readonly details: FailureDetail[];
}

function groupFailures(report: RunReport): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  const add = (where: string, failure: Failure): void => {
    // That the build was stopped is said once, at the end.
    if (failure.reason === "interrupted") return;
    const headline = failureHeadline(failure);
    const group = groups.get(headline) ?? { headline, hit: [], details: [] };
    groups.set(headline, group);
    if (!group.hit.includes(where)) group.hit.push(where);
    for (const detail of failureDetails(failure)) {
      if (!group.details.some((known) => known.label === detail.label && known.text === detail.text)) group.details.push(detail);
    }
  };
  for (const failure of report.failures) add(failure.step, failure);
  for (const target of report.targets) {
    for (const candidate of target.candidates) {
      if (candidate.failure !== null && !isTold(target, candidate.failure)) add(`${target.target} ${candidate.id}`, candidate.failure);
    }
  }
  return [...groups.values()];
}

/** That an environment is not to be had is the target's own reason, and all there is to say where nothing was started. */
function isTold({ reason }: TargetReport, { log }: Failure): boolean {
  return reason?.code === "no-environment" && log === undefined;
}

function describeGroup(group: FailureGroup, theme: Theme): string[] {
  const { paint, symbols } = theme;
  return [
    ...group.hit.map((where, index) => `  ${index === 0 ? paint.red(symbols.failed) : " "} ${paint.bold(where)}`),
    ...wrap(group.headline, theme.width - 6).map((line) => `      ${line}`),
    ...group.details.flatMap((detail) => describeDetail(detail, theme)),
  ];
}

function describeDetail({ label, text }: FailureDetail, { paint, width }: Theme): string[] {
  const indent = `      ${paint.dim(label.padEnd(LABEL_WIDTH))}  `;
  const [first = "", ...rest] = wrap(text, width - 8 - LABEL_WIDTH);
  return [indent + first, ...rest.map((line) => " ".repeat(8 + LABEL_WIDTH) + line)];
}

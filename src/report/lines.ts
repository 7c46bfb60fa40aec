import type { BuildEvent, Reporter } from "../domain/event.ts";
import { cleanLine } from "./clean-text.ts";
import { failureDetails, failureHeadline } from "./failure-text.ts";
import { formatCount, formatSeconds, formatShare } from "./format.ts";
import type { Theme } from "./theme.ts";
import { waitedForText } from "./waited-for.ts";

export interface LinesOptions {
  readonly write: (text: string) => void;
  readonly theme: Theme;
  /** Every progress text and the path of every log; otherwise a step's progress is shown at most every ten seconds. */
  readonly verbose: boolean;
}

/**
 * The log for pipes, files and CI: a line per event, each with the seconds since the build began and the step, and with
 * it the candidate, it speaks of, so that `grep openvino/float32` tells one candidate's whole story.
 */
export function createLinesReporter(options: LinesOptions): Reporter {
  const thin = createProgressFilter(options.verbose);
  let startedAt: number | null = null;
  return {
    handle(event) {
      startedAt ??= event.at;
      if (!thin(event)) return;
      const stamp = options.theme.paint.dim(`[${((event.at - startedAt) / 1e3).toFixed(1)}s]`);
      for (const line of eventLines(event, options)) options.write(`${stamp} ${line}\n`);
    },
    close: () => Promise.resolve(),
  };
}

const PROGRESS_INTERVAL_MS = 10_000;

/** Compilers report progress many times a second: lets one progress event of a step or environment through in ten seconds. */
function createProgressFilter(verbose: boolean): (event: BuildEvent) => boolean {
  const lastShown = new Map<string, number>();
  return (event) => {
    if (event.type === "step-started") lastShown.set(event.step, event.at);
    if (event.type === "environment-started") lastShown.set(`environment ${event.name}`, event.at);
    if (verbose || (event.type !== "step-progress" && event.type !== "environment-progress")) return true;
    const subject = event.type === "step-progress" ? event.step : `environment ${event.name}`;
    if (event.at - (lastShown.get(subject) ?? event.at) < PROGRESS_INTERVAL_MS) return false;
    lastShown.set(subject, event.at);
    return true;
  };
}

function eventLines(event: BuildEvent, options: LinesOptions): string[] {
  const { paint } = options.theme;
  switch (event.type) {
    case "build-started":
      return [`building ${event.recipe}: ${formatCount(event.steps.length, "step")}, store ${event.store}`];
    case "isolation-chosen":
      return [`isolation: ${event.isolation} (${cleanLine(event.why)})`];
    case "environment-started":
    case "environment-progress":
    case "environment-finished":
      return environmentLines(event, options.theme);
    case "note":
      return [`${event.step ?? "build"}: ${paint.yellow("note")}: ${cleanLine(event.message)}`];
    case "store-damaged":
      return [`store: ${paint.yellow("damaged")}: ${cleanLine(event.message)} (${event.path})`];
    case "build-finished":
      return [`build: ${event.report.status} after ${formatSeconds(event.report.seconds)}`];
    case "step-waiting":
    case "step-started":
    case "step-progress":
    case "step-cached":
    case "step-finished":
    case "step-failed":
    case "step-skipped":
      return stepLines(event, options);
  }
}

type EnvironmentEvent = Extract<BuildEvent, { type: `environment-${string}` }>;

function environmentLines(event: EnvironmentEvent, { paint }: Theme): string[] {
  const subject = `environment ${event.name}`;
  if (event.type === "environment-started") return [`${subject}: making`];
  if (event.type === "environment-progress") return [`${subject}: ${cleanLine(event.text)}`];
  if (event.failure === null) return [`${subject}: ${paint.green("made")} in ${formatSeconds(event.seconds)}`];
  return [
    `${subject}: ${paint.red("failed")} after ${formatSeconds(event.seconds)}: ${failureHeadline(event.failure)}`,
    ...failureDetails(event.failure).map((detail) => `${subject}: ${detail.label}: ${detail.text}`),
  ];
}

type StepEvent = Extract<BuildEvent, { type: `step-${string}` }>;

function stepLines(event: StepEvent, { theme: { paint }, verbose }: LinesOptions): string[] {
  switch (event.type) {
    case "step-waiting":
      return [`${event.step}: waiting for ${waitedForText(event)}`];
    case "step-started":
      return [`${event.step}: started${verbose && event.log !== null ? `, log ${event.log}` : ""}`];
    case "step-progress":
      return [`${event.step}: ${cleanLine(event.text)}${event.fraction === null ? "" : ` (${formatShare(event.fraction)})`}`];
    case "step-cached":
      return [`${event.step}: ${paint.cyan("cached")}${withSummary(event.summary)}`];
    case "step-finished":
      return [`${event.step}: ${paint.green("finished")} in ${formatSeconds(event.seconds)}${withSummary(event.summary)}`];
    case "step-failed":
      return [
        `${event.step}: ${paint.red("failed")} after ${formatSeconds(event.seconds)}: ${failureHeadline(event.failure)}`,
        ...failureDetails(event.failure).map((detail) => `${event.step}: ${detail.label}: ${detail.text}`),
      ];
    case "step-skipped":
      return [`${event.step}: skipped: ${cleanLine(event.because)}`];
  }
}

function withSummary(summary: string | null): string {
  return summary === null ? "" : `: ${cleanLine(summary)}`;
}

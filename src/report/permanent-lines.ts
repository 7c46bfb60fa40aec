import type { BuildEvent } from "../domain/event.ts";
import type { Failure } from "../domain/failure.ts";
import type { BuildState } from "./build-state.ts";
import { cleanLine } from "./clean-text.ts";
import { displayWidth, padEnd, padStart, wrap } from "./display-width.ts";
import { failureDetails, failureHeadline, LABEL_WIDTH } from "./failure-text.ts";
import { formatCount, formatElapsed } from "./format.ts";
import type { Theme } from "./theme.ts";

/**
 * What of an event stays on the terminal above the live view: things that have ended, and things to know. Cached and skipped
 * steps are only counted, at the end: a build that is answered from the store shows its result and not a list.
 */
export function permanentLines(event: BuildEvent, state: BuildState, theme: Theme): string[] {
  const { paint, symbols } = theme;
  switch (event.type) {
    case "build-started":
      return [`${paint.bold(event.recipe)}  ${formatCount(event.steps.length, "step")}`];
    case "isolation-chosen":
      return wrap(`isolation: ${event.isolation} (${cleanLine(event.why)})`, theme.width - 1).map(paint.dim);
    case "environment-finished": {
      const subject = `environment ${event.name}`;
      if (event.failure !== null) return failedLines({ subject, seconds: event.seconds, failure: event.failure }, theme);
      return [endedLine({ subject, seconds: event.seconds, text: "" }, state, theme)];
    }
    case "step-finished":
      return [endedLine({ subject: event.step, seconds: event.seconds, text: cleanLine(event.summary ?? "") }, state, theme)];
    case "step-failed":
      return failedLines({ subject: event.step, seconds: event.seconds, failure: event.failure }, theme);
    case "note":
      return noteLines(event.step === null ? cleanLine(event.message) : `${event.step}: ${cleanLine(event.message)}`, theme);
    case "store-damaged":
      return noteLines(`store: ${cleanLine(event.message)} (${event.path})`, theme);
    case "build-finished": {
      const { cached } = event.report.steps;
      return cached === 0
        ? []
        : [`${paint.cyan(symbols.cached)} ${padStart("cached", TIME_WIDTH)}  ${formatCount(cached, "step")} from the store`];
    }
    case "environment-started":
    case "environment-progress":
    case "step-waiting":
    case "step-started":
    case "step-progress":
    case "step-cached":
    case "step-skipped":
      return [];
  }
}

/** `59.9 s`, `1:02:07`. */
const TIME_WIDTH = 7;
const INDENT = " ".repeat(TIME_WIDTH + 4);
const MAX_SUBJECT_WIDTH = 48;
const MIN_WIDTH_FOR_COLUMNS = 80;

function endedLine(ended: { subject: string; seconds: number; text: string }, state: BuildState, { paint, symbols, width }: Theme): string {
  const longest = Math.max(...[...state.steps.keys()].map(displayWidth), displayWidth(ended.subject));
  const column = width < MIN_WIDTH_FOR_COLUMNS ? 0 : Math.min(longest, MAX_SUBJECT_WIDTH);
  const subject = ended.text === "" ? ended.subject : padEnd(ended.subject, column);
  const time = padStart(formatElapsed(ended.seconds * 1e3), TIME_WIDTH);
  return `${paint.green(symbols.done)} ${paint.dim(time)}  ${subject}  ${paint.dim(ended.text)}`.trimEnd();
}

function failedLines({ subject, seconds, failure }: { subject: string; seconds: number; failure: Failure }, theme: Theme): string[] {
  const { paint, symbols, width } = theme;
  const time = padStart(formatElapsed(seconds * 1e3), TIME_WIDTH);
  const details = failureDetails(failure).flatMap(({ label, text }) => {
    const [first = "", ...rest] = wrap(text, width - INDENT.length - LABEL_WIDTH - 3);
    return [
      `${INDENT}${paint.dim(label.padEnd(LABEL_WIDTH))}  ${first}`,
      ...rest.map((line) => `${INDENT}${" ".repeat(LABEL_WIDTH + 2)}${line}`),
    ];
  });
  return [
    `${paint.red(symbols.failed)} ${paint.dim(time)}  ${paint.bold(subject)}`,
    ...wrap(failureHeadline(failure), width - INDENT.length - 1).map((line) => INDENT + line),
    ...details,
  ];
}

function noteLines(text: string, { paint, symbols, width }: Theme): string[] {
  return wrap(text, width - 3).map((line, index) => `${index === 0 ? paint.yellow(symbols.note) : " "} ${line}`);
}

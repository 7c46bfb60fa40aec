import type { BuildEvent, Reporter } from "../domain/event.ts";
import type { Failure } from "../domain/failure.ts";
import type { RunReport } from "../domain/report.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { Clock } from "./clock.ts";
import { renderReportJson } from "./json.ts";
import { createLinesReporter } from "./lines.ts";
import type { TerminalStream } from "./live-region.ts";
import { createNdjsonReporter } from "./ndjson.ts";
import { type Display, selectDisplay } from "./select-display.ts";
import { renderSummary } from "./summary.ts";
import { createTerminalReporter } from "./terminal.ts";
import { openTextFile, type TextFile } from "./text-file.ts";
import { detectTheme } from "./theme.ts";
import { createTraceReporter } from "./trace.ts";

export interface OutputStream extends TerminalStream {
  readonly isTTY?: boolean;
}

export interface ReporterOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Path for `--events`, or null. */
  readonly events: string | null;
  /** Path for `--trace`, or null. */
  readonly trace: string | null;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

/** The reporters that a build's flags and surroundings ask for, as one. Fails where a file for events cannot be written. */
export function createReporters(options: ReporterOptions): Result<Reporter, Failure> {
  const files = openFiles(options);
  if (!files.ok) return files;
  const display = selectDisplay({
    ...options,
    stdoutIsTTY: options.stdout.isTTY === true,
    stderrIsTTY: options.stderr.isTTY === true,
  });
  const { events, trace } = files.value;
  return ok(
    combine([
      ...(events === null ? [] : [createNdjsonReporter(events)]),
      ...(trace === null ? [] : [createTraceReporter({ file: trace, clock: options.clock })]),
      ...createProgress(display, options),
      // Last, so that the live view is gone and its last lines are out before the result is printed.
      createResult(display, options),
    ]),
  );
}

function openFiles(options: ReporterOptions): Result<{ events: TextFile | null; trace: TextFile | null }, Failure> {
  const onFailure = (failure: Failure): void => {
    options.stderr.write(`warning: ${failure.message}\n`);
  };
  const events = options.events === null ? ok(null) : openTextFile(options.events, onFailure);
  if (!events.ok) return err(events.error);
  const trace = options.trace === null ? ok(null) : openTextFile(options.trace, onFailure);
  if (!trace.ok) return err(trace.error);
  return ok({ events: events.value, trace: trace.value });
}

function createProgress({ progress }: Display, options: ReporterOptions): Reporter[] {
  if (progress === null) return [];
  const stream = progress.to === "stdout" ? options.stdout : options.stderr;
  const theme = detectTheme(stream, options.env);
  if (progress.as === "live") return [createTerminalReporter({ stream, clock: options.clock, theme })];
  return [createLinesReporter({ write: (text) => stream.write(text), theme, verbose: options.verbose })];
}

function createResult(display: Display, { stdout, env }: ReporterOptions): Reporter {
  const render = (report: RunReport): string =>
    display.result === "document" ? renderReportJson(report) : renderSummary(report, detectTheme(stdout, env));
  return {
    handle(event) {
      if (event.type === "build-finished") stdout.write(render(event.report));
    },
    close: () => Promise.resolve(),
  };
}

function combine(reporters: readonly Reporter[]): Reporter {
  return {
    handle(event: BuildEvent) {
      for (const reporter of reporters) reporter.handle(event);
    },
    async close() {
      for (const reporter of reporters) await reporter.close();
    },
  };
}

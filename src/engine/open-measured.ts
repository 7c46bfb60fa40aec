import type { CommandExit, OpenCommand } from "../domain/command.ts";
import type { Failure } from "../domain/failure.ts";
import { ok, type Result } from "../domain/result.ts";
import { askRun } from "../measure/rounds/ask-run.ts";
import type { MeasuredProcess } from "../measure/rounds/measured-process.ts";
import { explainExit } from "./explain-exit.ts";
import { prepareCommand, readResult, reportProgress, toFailure, type WorkerRequest, type WorkerSite } from "./worker-call.ts";

/** A worker that holds a loaded model. */
export interface OpenMeasured {
  readonly process: MeasuredProcess;
  readonly command: OpenCommand;
}

/** Opens both sides of a measurement at once, since each may have a container to start. Where one cannot be opened, none stays open. */
export async function openBoth(
  candidate: Promise<Result<OpenMeasured, Failure>>,
  baseline: Promise<Result<OpenMeasured, Failure>>,
): Promise<Result<{ readonly candidate: OpenMeasured; readonly baseline: OpenMeasured }, Failure>> {
  const [first, second] = await Promise.all([candidate, baseline]);
  if (!first.ok) {
    if (second.ok) await second.value.command.close();
    return first;
  }
  if (!second.ok) {
    await first.value.command.close();
    return second;
  }
  return ok({ candidate: first.value, baseline: second.value });
}

/** Starts a worker's long-lived `measure` verb and gives it as a process that can be measured. */
export async function openMeasured(site: WorkerSite, name: string, request: WorkerRequest): Promise<Result<OpenMeasured, Failure>> {
  const spec = await prepareCommand(site, request);
  if (!spec.ok) return spec;
  const opened = await site.services.executor.open(spec.value, {
    signal: site.signal,
    onMessage: (message) => reportProgress(site, message),
    inherit: site.leases.map(({ descriptor }) => descriptor),
  });
  if (!opened.ok) return opened;
  const command = opened.value;
  // A worker that reports an error ends at once, and leaves it in its result as well.
  const failure = async (end: CommandExit | "error-reported") => failureOf(site, end === "error-reported" ? await command.close() : end);
  return ok({ command, process: askRun(name, command, failure) });
}

/** A worker that ended where an answer was due: what it wrote, or what its exit says. */
async function failureOf(site: WorkerSite, exit: CommandExit): Promise<Failure> {
  const said = readResult(site.workspace);
  if (exit.stopped === null && said?.ok === false) return toFailure(said.error, site.log);
  return explainExit(exit, site);
}

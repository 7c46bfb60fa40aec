import { dirname, resolve } from "node:path";
import type { Config } from "@oclif/core";
import type { Reporter } from "../domain/event.ts";
import type { Refusal } from "../domain/refusal.ts";
import { ok, type Result } from "../domain/result.ts";
import type { ExecutionChoice } from "../engine/execution/execution-choice.ts";
import { type PreparedRun, prepareRun } from "../engine/prepare-run.ts";
import { type GivenLimits, stepLimits } from "../engine/step-limits.ts";
import { executionOf } from "./execution-flags.ts";
import { openServices } from "./open-services.ts";

export interface OpenRunOptions {
  readonly only?: readonly string[] | undefined;
  readonly execution?: ExecutionChoice;
  /** Ends what is asked of the machine before a build; the build has its own. */
  readonly signal?: AbortSignal;
  readonly limits?: GivenLimits;
  /** Most bytes that an artifact that cannot be run here carries along to be proven elsewhere. */
  readonly proofBytes?: number | undefined;
  /** Folder for published artifacts, relative to the working directory. */
  readonly out: string;
  /** Hold to a lock file: the one named, or `fettle.lock` beside the recipe. */
  readonly locked?: { readonly file: string | null } | null;
  readonly reporter: Reporter;
}

export interface OpenRun {
  readonly prepared: PreparedRun;
  close(): Promise<void>;
}

/** Everything between a command's flags and a plan that can be run: toolchains, store, services, the checked recipe. */
export async function openRun(config: Config, recipe: string, options: OpenRunOptions): Promise<Result<OpenRun, Refusal>> {
  const { reporter, execution = executionOf({}), signal = new AbortController().signal } = options;
  const opened = await openServices(config, { folder: dirname(recipe), execution, reporter });
  if (!opened.ok) return opened;
  const { services, registry, close } = opened.value;
  const prepared = await prepareRun(recipe, services, {
    cwd: process.cwd(),
    registry,
    host: services.host,
    outputDirectory: resolve(options.out),
    only: options.only ?? null,
    locked: options.locked ?? null,
    signal,
    limits: stepLimits(options.limits),
    proofBytes: options.proofBytes,
  });
  if (prepared.ok) {
    const { executor } = prepared.value.services;
    return ok({ prepared: prepared.value, close: () => executor.close().then(close) });
  }
  await close();
  return prepared;
}

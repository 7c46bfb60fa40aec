import { dirname, resolve } from "node:path";
import type { Config } from "@oclif/core";
import type { Reporter } from "../domain/event.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { createServices } from "../engine/create-services.ts";
import type { ExecutionChoice } from "../engine/execution/execution-choice.ts";
import { type PreparedRun, prepareRun, type Refusal } from "../engine/prepare-run.ts";
import { loadProject } from "../recipe/project/load-project.ts";
import { executionOf, withProject } from "./execution-flags.ts";
import { loadToolchains } from "./load-toolchains.ts";
import { type GivenLimits, stepLimits } from "./step-limits.ts";

export interface OpenRunOptions {
  readonly only?: readonly string[] | undefined;
  readonly execution?: ExecutionChoice;
  /** Ends what is asked of the machine before a build; the build has its own. */
  readonly signal?: AbortSignal;
  readonly limits?: GivenLimits;
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
  const registry = await loadToolchains(config);
  const { reporter, execution = executionOf({}), signal = new AbortController().signal } = options;
  const project = await loadProject(dirname(recipe), process.cwd());
  if (!project.ok) {
    await reporter.close();
    return err({ diagnostics: project.error });
  }
  const services = await createServices({ registry, execution: withProject(execution, project.value), reporter, env: process.env });
  if (!services.ok) {
    await reporter.close();
    return err({ failure: services.error });
  }
  const close = async () => {
    await services.value.store.close();
    await reporter.close();
  };
  const prepared = await prepareRun(recipe, services.value, {
    cwd: process.cwd(),
    registry,
    host: services.value.host,
    outputDirectory: resolve(options.out),
    only: options.only ?? null,
    locked: options.locked ?? null,
    signal,
    limits: stepLimits(options.limits),
  });
  if (prepared.ok) {
    const { executor } = prepared.value.services;
    return ok({ prepared: prepared.value, close: () => executor.close().then(close) });
  }
  await close();
  return prepared;
}

import { totalmem } from "node:os";
import { resolve } from "node:path";
import type { Config } from "@oclif/core";
import type { SandboxIsolation } from "../domain/command.ts";
import type { Reporter } from "../domain/event.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { createServices } from "../engine/create-services.ts";
import { type PreparedRun, prepareRun, type Refusal } from "../engine/prepare-run.ts";
import { loadToolchains } from "./load-toolchains.ts";

/** Longest time for one step, and the most memory as a share of the machine's, unless flags say otherwise. */
const DEFAULT_TIMEOUT_MS = 30 * 60_000;
const DEFAULT_MEMORY_SHARE = 0.8;

export interface OpenRunOptions {
  readonly only?: readonly string[] | undefined;
  readonly isolation?: SandboxIsolation | "auto";
  readonly timeoutMs?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** Folder for published artifacts, relative to the working directory. */
  readonly out: string;
  readonly reporter: Reporter;
}

export interface OpenRun {
  readonly prepared: PreparedRun;
  close(): Promise<void>;
}

/** Everything between a command's flags and a plan that can be run: toolchains, store, services, the checked recipe. */
export async function openRun(config: Config, recipe: string, options: OpenRunOptions): Promise<Result<OpenRun, Refusal>> {
  const registry = await loadToolchains(config);
  const { reporter, isolation = "auto" } = options;
  const services = await createServices({ registry, isolation, reporter, env: process.env });
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
    limits: {
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      memoryBytes: options.memoryBytes ?? Math.floor(totalmem() * DEFAULT_MEMORY_SHARE),
    },
  });
  if (prepared.ok) return ok({ prepared: prepared.value, close });
  await close();
  return prepared;
}

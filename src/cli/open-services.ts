import type { Config } from "@oclif/core";
import type { Reporter } from "../domain/event.ts";
import type { Refusal } from "../domain/refusal.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { createServices, type OpenServices } from "../engine/create-services.ts";
import type { ExecutionChoice } from "../engine/execution/execution-choice.ts";
import { loadProject } from "../recipe/project/load-project.ts";
import type { ToolchainRegistry } from "../toolchains/registry.ts";
import { withProject } from "./execution-flags.ts";
import { loadToolchains } from "./load-toolchains.ts";

export interface OpenServicesOptions {
  /** Folder that a project file is looked for from. */
  readonly folder: string;
  readonly execution: ExecutionChoice;
  readonly reporter: Reporter;
}

export interface OpenedServices {
  readonly services: OpenServices;
  readonly registry: ToolchainRegistry;
  /** Closes the store, then the reporter. */
  close(): Promise<void>;
}

/** Toolchains, project and store, as every command that runs steps needs them. The reporter is closed where that fails. */
export async function openServices(config: Config, options: OpenServicesOptions): Promise<Result<OpenedServices, Refusal>> {
  const { reporter, execution, folder } = options;
  const refuse = async (refusal: Refusal) => {
    await reporter.close();
    return err(refusal);
  };
  const registry = await loadToolchains(config);
  const project = await loadProject(folder, process.cwd());
  if (!project.ok) return refuse({ diagnostics: project.error });
  const services = await createServices({ registry, execution: withProject(execution, project.value), reporter, env: process.env });
  if (!services.ok) return refuse({ failure: services.error });
  const close = async () => {
    await services.value.store.close();
    await reporter.close();
  };
  return ok({ services: services.value, registry, close });
}

import type { Config } from "@oclif/core";
import { TOOLCHAIN_API } from "../domain/toolchain.ts";
import { registerToolchains, type ToolchainRegistry } from "../toolchains/registry.ts";

/** Asks every plug-in, Fettle's own hook among them, for its toolchains. One that throws does not stop the others. */
export async function loadToolchains(config: Config): Promise<ToolchainRegistry> {
  const { successes, failures } = await config.runHook("toolchains", { apiVersion: TOOLCHAIN_API });
  return registerToolchains(
    successes.map(({ plugin, result }) => ({ plugin: plugin.name, toolchains: result as unknown })),
    failures.map(({ plugin, error }) => ({ plugin: plugin.name, message: error.message })),
  );
}

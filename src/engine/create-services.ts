import { HostDevices } from "../devices/host-devices.ts";
import { probeHost } from "../devices/probe-host.ts";
import type { SandboxIsolation } from "../domain/command.ts";
import type { BuildEventBody, Reporter } from "../domain/event.ts";
import type { Failure } from "../domain/failure.ts";
import { ok, type Result } from "../domain/result.ts";
import { createEnvironments } from "../executors/environments/create-environments.ts";
import { defaultStoreRoot } from "../store/layout.ts";
import { openStore } from "../store/open-store.ts";
import type { ToolchainRegistry } from "../toolchains/registry.ts";
import { lazySandbox } from "./lazy-sandbox.ts";
import { operationFor } from "./operations/index.ts";
import type { Services } from "./services.ts";
import { toldEnvironments } from "./told-environments.ts";

export interface ServicesOptions {
  readonly registry: ToolchainRegistry;
  readonly isolation: SandboxIsolation | "auto";
  readonly reporter: Reporter;
  readonly env: NodeJS.ProcessEnv;
}

/** The one place that knows which implementation stands behind each port. */
export async function createServices({ registry, isolation, reporter, env }: ServicesOptions): Promise<Result<Services, Failure>> {
  const emit = (event: BuildEventBody) => reporter.handle({ at: Date.now(), ...event });
  const root = defaultStoreRoot(env);
  const [store, host] = await Promise.all([
    openStore({ root, onDamage: ({ path, problem }) => emit({ type: "store-damaged", path, message: problem }) }),
    probeHost(),
  ]);
  if (!store.ok) return store;
  return ok({
    store: store.value,
    executor: lazySandbox(isolation, (chosen, why) => emit({ type: "isolation-chosen", isolation: chosen, why })),
    environments: toldEnvironments(createEnvironments({ root, env }), emit),
    devices: new HostDevices(),
    host,
    toolchains: registry.toolchains,
    operationFor,
    emit,
  });
}

import { HostDevices } from "../devices/host-devices.ts";
import { probeHost } from "../devices/probe-host.ts";
import type { EnvironmentSpec, MakerImage } from "../domain/environment.ts";
import type { BuildEventBody, Reporter } from "../domain/event.ts";
import type { Failure } from "../domain/failure.ts";
import { ok, type Result } from "../domain/result.ts";
import { defaultStoreRoot } from "../store/layout.ts";
import { openStore } from "../store/open-store.ts";
import type { ToolchainRegistry } from "../toolchains/registry.ts";
import { chooseExecution } from "./execution/choose-execution.ts";
import type { ChosenExecution } from "./execution/chosen-execution.ts";
import { type ExecutionChoice, withImages } from "./execution/execution-choice.ts";
import { operationFor } from "./operations/index.ts";
import type { Services } from "./services.ts";

export interface ServicesOptions {
  readonly registry: ToolchainRegistry;
  readonly execution: ExecutionChoice;
  readonly reporter: Reporter;
  readonly env: NodeJS.ProcessEnv;
}

/** Services before it is known which environments a run needs, and with that how its workers are run. */
export type OpenServices = Omit<Services, keyof ChosenExecution> & {
  /** @param images makers' images that a recipe names: they win over the project's */
  choose(
    specs: readonly EnvironmentSpec[],
    options: { readonly signal: AbortSignal; readonly images?: ReadonlyMap<string, MakerImage> | undefined },
  ): Promise<Result<ChosenExecution, Failure>>;
};

/** The one place that knows which implementation stands behind each port. */
export async function createServices({ registry, execution, reporter, env }: ServicesOptions): Promise<Result<OpenServices, Failure>> {
  const emit = (event: BuildEventBody) => reporter.handle({ at: Date.now(), ...event });
  const root = defaultStoreRoot(env);
  const [store, host] = await Promise.all([
    openStore({ root, onDamage: ({ path, problem }) => emit({ type: "store-damaged", path, message: problem }) }),
    probeHost(),
  ]);
  if (!store.ok) return store;
  return ok({
    store: store.value,
    choose: (specs, { signal, images }) => chooseExecution(withImages(execution, images), specs, { env, root, signal, emit }),
    devices: new HostDevices(),
    host,
    toolchains: registry.toolchains,
    operationFor,
    emit,
  });
}

import type { Environments } from "../domain/environment.ts";
import type { Host } from "../domain/host.ts";
import { emulatorOf, wayToRun, whyNotThisHost } from "../domain/host-fit.ts";
import { PRECISIONS } from "../domain/precision.ts";
import type { Target } from "../domain/target.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import type { Ability, EnvironmentListing, ToolchainListing } from "../report/toolchains-view.ts";
import { identifyToolchain } from "./identify-workers.ts";

export interface ListToolchainsOptions {
  readonly toolchains: ReadonlyMap<string, Toolchain>;
  readonly targets: ReadonlyMap<string, Target>;
  readonly environments: Environments;
  readonly host: Host;
  /** Toolchain name -> where it came from. */
  readonly origins: ReadonlyMap<string, string>;
}

/** What each toolchain is, whether its environment exists, and what it can compile and run for each target. */
export function listToolchains(options: ListToolchainsOptions): Promise<ToolchainListing[]> {
  return Promise.all([...options.toolchains.values()].map((toolchain) => listOne(toolchain, options)));
}

async function listOne(toolchain: Toolchain, options: ListToolchainsOptions): Promise<ToolchainListing> {
  const { version, worker } = await identifyToolchain(toolchain, options.environments);
  return {
    name: toolchain.name,
    title: toolchain.title,
    version,
    from: options.origins.get(toolchain.name) ?? "unknown",
    dynamicShapes: toolchain.dynamicShapes === true,
    environment: await environmentListing(worker.environment, options.environments),
    abilities: [...options.targets.values()].flatMap((target) =>
      PRECISIONS.map((precision) => ability(toolchain, { target, precision, host: options.host })),
    ),
  };
}

async function environmentListing(spec: Parameters<Environments["identify"]>[0], environments: Environments): Promise<EnvironmentListing> {
  const identity = await environments.identify(spec);
  if (!identity.ok) return { state: "unavailable", why: identity.error.message };
  const { python, digest } = identity.value;
  return { state: (await environments.isMade(identity.value)) ? "ready" : "not-made", python, digest };
}

type AbilityQuery = Pick<Ability, "precision"> & { readonly target: Target; readonly host: Host };

function ability(toolchain: Toolchain, { target, precision, host }: AbilityQuery): Ability {
  const defaults = toolchain.options.parse({});
  const query = { target, precision, options: defaults };
  const way = wayToRun(host, toolchain, query);
  const by = emulatorOf(way);
  const onDevice = way.yes && by !== null ? whyNotThisHost(host, target) : null;
  return {
    target: target.name,
    precision,
    compile: toolchain.canCompile(query),
    run: onDevice === null ? way : { yes: false, why: onDevice },
    emulate: by === null ? null : { yes: true },
  };
}

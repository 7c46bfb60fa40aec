import type { EngineName } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { ContainerExecutor } from "../../executors/container/container-executor.ts";
import { detectEngine, type Engine } from "../../executors/container/engine.ts";
import { ImageEnvironments } from "../../executors/images/image-environments.ts";
import { type ChosenExecution, type ExecutionSite, toldExecutor } from "./chosen-execution.ts";
import type { ExecutionChoice } from "./execution-choice.ts";
import { toldEnvironments } from "./told-environments.ts";

export interface EngineExecution {
  readonly execution: ChosenExecution;
  readonly environments: ImageEnvironments;
}

/** Workers in containers of one engine. `why` ends the sentence that tells the user of it. */
export async function engineExecution(
  name: EngineName,
  choice: ExecutionChoice,
  site: ExecutionSite & { readonly why: string },
): Promise<Result<EngineExecution, Failure>> {
  const { env, root, emit, signal } = site;
  const engine = await detectEngine(name, { env, signal });
  if (!engine.ok) return engine;
  const unenforced = unenforcedLimits(engine.value);
  if (choice.strict && unenforced.length > 0) return err(notStrict(engine.value, unenforced));
  const environments = new ImageEnvironments({ engine: engine.value, root, env, base: choice.base, images: choice.images, signal });
  const why = describe(engine.value, unenforced, site.why);
  const executor = toldExecutor(new ContainerExecutor(engine.value), () => emit({ type: "isolation-chosen", isolation: name, why }));
  return ok({
    environments,
    execution: {
      executor,
      environments: toldEnvironments(environments, emit),
      describeImage: (spec) => environments.describe(spec),
      noEmulation: `${name}'s containers do not see this machine's emulators; \`--executor sandbox\` uses them`,
    },
  });
}

function describe({ version, rootless }: Engine, unenforced: readonly string[], why: string): string {
  const kind = rootless ? `${version}, rootless` : version;
  const limits = unenforced.length === 0 ? "" : `; limits on ${unenforced.join(" and ")} are watched by Fettle, not enforced by the engine`;
  return `${kind}: ${why}${limits}`;
}

function unenforcedLimits({ enforces }: Engine): string[] {
  return [...(enforces.memory ? [] : ["memory"]), ...(enforces.processes ? [] : ["processes"])];
}

function notStrict({ name, version }: Engine, unenforced: readonly string[]): Failure {
  return {
    reason: "environment-unavailable",
    message: `${name} ${version} does not enforce limits on ${unenforced.join(" and ")} here, and --strict asks for it.`,
    hint: "Rootless engines enforce limits on cgroup version 2 with delegated controllers; or run the engine as root, or leave --strict out.",
  };
}

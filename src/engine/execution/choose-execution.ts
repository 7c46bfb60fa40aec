import type { EngineName } from "../../domain/command.ts";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import { createEnvironments } from "../../executors/environments/create-environments.ts";
import { rememberedImages } from "../../executors/images/image-records.ts";
import type { ChosenExecution, ExecutionSite } from "./chosen-execution.ts";
import { engineExecution } from "./engine-execution.ts";
import { type ExecutionChoice, enginesInOrder, isEngine } from "./execution-choice.ts";
import { lazySandbox } from "./lazy-sandbox.ts";
import { toldEnvironments } from "./told-environments.ts";

/**
 * How a build's workers are run. `auto` takes the first engine that works and has an image of every environment in `specs` at hand, else
 * the sandbox: a build must not begin by building images that nobody asked for.
 */
export async function chooseExecution(
  choice: ExecutionChoice,
  specs: readonly EnvironmentSpec[],
  site: ExecutionSite,
): Promise<Result<ChosenExecution, Failure>> {
  const { executor } = choice;
  if (isEngine(executor)) {
    const made = await engineExecution(executor, choice, { ...site, why: "asked for" });
    return made.ok ? ok(made.value.execution) : made;
  }
  if (executor === "sandbox") return ok(sandbox(choice, site, null));
  const refusals: string[] = [];
  for (const name of enginesInOrder(choice.prefer)) {
    const tried = await tryEngine(name, choice, { specs, site });
    if (typeof tried !== "string") return ok(tried);
    refusals.push(`${name}: ${tried}`);
  }
  return ok(sandbox(choice, site, refusals.join("; ")));
}

// What the store remembers costs nothing to read; an engine that is asked for nothing costs a tenth of a second.
async function tryEngine(
  name: EngineName,
  choice: ExecutionChoice,
  { specs, site }: { specs: readonly EnvironmentSpec[]; site: ExecutionSite },
): Promise<ChosenExecution | string> {
  const remembered = await rememberedImages(site.root, name);
  if (remembered.size === 0) return "no images at hand";
  const made = await engineExecution(name, choice, { ...site, why: "it works here and has every image" });
  if (!made.ok) return made.error.message;
  for (const spec of specs) {
    const identity = await made.value.environments.identify(spec);
    if (!identity.ok) return identity.error.message;
    if (!remembered.has(identity.value.digest)) return `no image of ${spec.name}`;
  }
  return made.value.execution;
}

function sandbox({ isolation }: ExecutionChoice, { root, env, emit }: ExecutionSite, noEngine: string | null): ChosenExecution {
  const because = noEngine === null ? "" : ` (no engine: ${noEngine})`;
  return {
    executor: lazySandbox(isolation, (chosen, why) => emit({ type: "isolation-chosen", isolation: chosen, why: `${why}${because}` })),
    environments: toldEnvironments(createEnvironments({ root, env }), emit),
  };
}

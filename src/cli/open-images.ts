import type { Config } from "@oclif/core";
import { Errors, Flags } from "@oclif/core";
import { ENGINE_NAMES, type EngineName } from "../domain/command.ts";
import type { EnvironmentSpec } from "../domain/environment.ts";
import type { Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { workerEnvironments } from "../engine/doctor/check-toolchains.ts";
import { enginesInOrder } from "../engine/execution/execution-choice.ts";
import { EXIT } from "../engine/exit-code.ts";
import { detectEngine, type Engine } from "../executors/container/engine.ts";
import { ImageEnvironments } from "../executors/images/image-environments.ts";
import type { ImageSite } from "../executors/images/image-site.ts";
import { didYouMean } from "../recipe/suggest.ts";
import { imageProgress } from "../report/image-progress.ts";
import { defaultStoreRoot } from "../store/layout.ts";
import { jsonFlag } from "./fettle-command.ts";
import { loadToolchains } from "./load-toolchains.ts";
import { openChoice, recipeFlag } from "./open-choice.ts";

/** The flags of every command about images. */
export const imagesFlags = {
  engine: Flags.string({
    description: "the container engine; auto: the one fettle.yaml names, else podman, else docker",
    options: ["auto", ...ENGINE_NAMES],
    default: "auto",
    env: "FETTLE_ENGINE",
  }),
  recipe: recipeFlag,
  json: jsonFlag,
};

export interface OpenImages extends ImageSite {
  /** Every worker's environment by name. */
  readonly specs: ReadonlyMap<string, EnvironmentSpec>;
}

export interface OpenImagesOptions {
  readonly engine: string;
  /** A recipe whose makers' images are meant too. */
  readonly recipe?: string | undefined;
  readonly signal: AbortSignal;
}

/** Everything between a command's flags and its work on images: the toolchains, the project file, an engine that answers. */
export async function openImages(config: Config, options: OpenImagesOptions): Promise<Result<OpenImages, Refusal>> {
  const { signal, recipe } = options;
  const registry = await loadToolchains(config);
  const choice = await openChoice(recipe, registry);
  if (!choice.ok) return err({ diagnostics: choice.error });
  const { base, images, prefer } = choice.value;
  const engine = await findEngine(options.engine === "auto" ? enginesInOrder(prefer) : [options.engine as EngineName], signal);
  if (!engine.ok) return err({ failure: engine.error });
  const root = defaultStoreRoot(process.env);
  return ok({
    engine: engine.value,
    environments: new ImageEnvironments({ engine: engine.value, root, env: process.env, base, images, signal }),
    root,
    signal,
    onProgress: imageProgress(process.stderr, process.env),
    specs: new Map(workerEnvironments(registry.toolchains, images).map((spec) => [spec.name, spec])),
  });
}

/** The environments whose images Fettle builds, that a command is to work on: those named, else all. */
export function ownSpecs(images: OpenImages, names: readonly string[]): EnvironmentSpec[] {
  const chosen = chosenSpecs(images, names);
  // One that is named is refused with the reason.
  return names.length > 0 ? chosen : chosen.filter((spec) => images.environments.makerImage(spec) === null);
}

/** The environments a command is to work on: those named, else all. */
export function chosenSpecs({ specs }: OpenImages, names: readonly string[]): EnvironmentSpec[] {
  if (names.length === 0) return [...specs.values()];
  return [...new Set(names)].map((name) => {
    const spec = specs.get(name);
    if (spec !== undefined) return spec;
    const { hint } = didYouMean(name, specs.keys());
    const message = `there is no toolchain \`${name}\`; there are ${[...specs.keys()].join(", ")}${hint === undefined ? "" : ` (${hint})`}`;
    throw new Errors.CLIError(message, { exit: EXIT.usage });
  });
}

async function findEngine(names: readonly EngineName[], signal: AbortSignal): Promise<Result<Engine, Failure>> {
  const failures: Failure[] = [];
  for (const name of names) {
    const engine = await detectEngine(name, { env: process.env, signal });
    if (engine.ok) return engine;
    failures.push(engine.error);
  }
  const [first] = failures;
  if (first !== undefined && failures.length === 1) return err(first);
  return err({
    reason: "environment-unavailable",
    message: `No container engine works here. ${failures.map(({ message }) => message).join(" ")}`,
    hint: "Install podman or docker, or start its daemon; `fettle doctor` says what each lacks.",
  });
}

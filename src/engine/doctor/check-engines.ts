import { ENGINE_NAMES, type EngineName } from "../../domain/command.ts";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { detectEngine, type Engine } from "../../executors/container/engine.ts";
import { ImageEnvironments } from "../../executors/images/image-environments.ts";
import type { ExecutionChoice } from "../execution/execution-choice.ts";
import { type Answer, absent, type Check, type CheckContext, fails } from "./check.ts";

/** What engines are asked for: the images of these workers, made from this base. */
export interface WantedImages {
  readonly specs: readonly EnvironmentSpec[];
  readonly choice: Pick<ExecutionChoice, "base" | "images">;
  /** The recipe that some of them are named by, as the user would write it; null: none. */
  readonly recipe: string | null;
}

/** The container engines, each asked what it can do and which workers' images it has. */
export function engineChecks(wanted: WantedImages): Check[] {
  return ENGINE_NAMES.map((name) => ({
    group: "executors",
    name,
    needed: false,
    run: (context) => askEngine(name, wanted, context),
  }));
}

async function askEngine(name: EngineName, wanted: WantedImages, context: CheckContext): Promise<Answer> {
  const engine = await detectEngine(name, { env: context.env, signal: context.signal });
  if (!engine.ok) return unusable(name, engine.error, context);
  const images = await findImages(engine.value, wanted, context);
  const { missing } = images;
  // Controllers are delegated by the system's start-up, which no one command changes.
  const ignored = Object.entries(engine.value.enforces).flatMap(([limit, holds]) => (holds ? [] : [limit]));
  const parts = [
    `${engine.value.version}${engine.value.rootless ? ", rootless" : ""}`,
    missing.length === 0 ? "has every image" : images.here.length === 0 ? "has no images" : `has no image of ${missing.join(", ")}`,
    ...(ignored.length === 0 ? [] : [`limits on ${ignored.join(", ")} are not enforced (cgroups)`]),
  ];
  const of = wanted.recipe === null ? "" : ` --recipe ${wanted.recipe}`;
  const mend = missing.length === 0 ? null : `fettle images build --engine ${name}${of}`;
  return { state: missing.length + ignored.length === 0 ? "works" : "limited", detail: parts.join("; "), mend, images };
}

async function findImages(engine: Engine, { specs, choice }: WantedImages, context: CheckContext) {
  const { env, root, signal } = context;
  const environments = new ImageEnvironments({ engine, base: choice.base, images: choice.images, env, root, signal });
  const found = await Promise.all(
    specs.map(async (spec) => {
      const identity = await environments.identify(spec);
      return { name: spec.name, isHere: identity.ok && (await environments.isMade(identity.value)) };
    }),
  );
  const names = (here: boolean) => found.filter(({ isHere }) => isHere === here).map(({ name }) => name);
  return { here: names(true), missing: names(false) };
}

function unusable(name: EngineName, { message, hint = "", keyLine }: Failure, context: CheckContext): Answer {
  if (/is not installed/.test(message)) return absent("not installed", context.install(name));
  const command = /`(sudo [^`]+|fettle [^`]+)`/.exec(hint)?.[1] ?? null;
  const why = message.replace(/^.*could not do what it was asked: /, "").replace(/\.$/, "");
  return fails(keyLine === undefined ? why : `${why}: ${keyLine}`, command);
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { packageVersion } from "../../system/package-root.ts";
import { type Engine, runEngine } from "../container/engine.ts";
import { fitsRange, type PythonRange } from "../environments/requires-python.ts";
import { baseText } from "./base-image.ts";
import { buildArgv, proxiesIn } from "./build-argv.ts";
import { withBuildContext } from "./build-context.ts";
import { findBuilder } from "./image-builder.ts";
import { buildFailure, imageFailure } from "./image-failure.ts";
import { IMAGE_ROOT, imageTag, LABELS, OCI_LABELS } from "./image-layout.ts";
import type { ImageRecipe } from "./image-recipe.ts";
import { inspectImages } from "./inspect-image.ts";
import { pullImage } from "./pull-image.ts";
import { runOnce } from "./run-once.ts";
import { stopPodmanBuild } from "./stop-build.ts";

export interface BuildImageRequest {
  readonly engine: Engine;
  readonly recipe: ImageRecipe;
  readonly env: NodeJS.ProcessEnv;
  /** The store's root. */
  readonly root: string;
  /** Build every layer anew, whatever the engine has of earlier builds. */
  readonly fresh: boolean;
  readonly log: string;
  readonly signal: AbortSignal;
  /** Descriptor of the lock under which this happens; a client that outlives us keeps it. */
  readonly lockDescriptor: number;
  onProgress(text: string): void;
}

/** Builds an image and gives it its tag, which only a whole image gets. Null when all went well. */
export async function buildImage(request: BuildImageRequest): Promise<Failure | null> {
  const { engine, recipe, env, log, signal, onProgress } = request;
  const builder = await findBuilder(engine, signal);
  if (!builder.ok) return builder.error;
  const python = await basePython(request);
  if (!python.ok) return python.error;
  const built = await withBuildContext(recipe, request, async (context) => {
    if (context.note !== null) onProgress(context.note);
    const argv = buildArgv({
      ...context.words,
      engine: engine.name,
      base: recipe.base.reference,
      labels: labelsOf(recipe, python.value),
      proxies: proxiesIn(env),
      fresh: request.fresh,
    });
    const end = await runEngine(builder.value, argv, {
      ...{ log, signal, cwd: context.cwd, onLine: onProgress, onStdoutLine: onProgress },
      inherit: [request.lockDescriptor, context.lockDescriptor],
      ...(engine.name === "podman" && { stop: stopPodmanBuild }),
    });
    if (end.code === 0 && !signal.aborted)
      return await nameWhole(request, (await readFile(join(context.cwd, context.words.idFile), "utf8")).trim());
    const doing = `build the image of ${recipe.name}`;
    return buildFailure(engine.name, { name: recipe.name, doing, output: end.output, log, interrupted: signal.aborted });
  });
  return built.ok ? built.value : built.error;
}

/** Gives an image its name once it is sure that its build came to its end: a killed step is not always a failed one to podman. */
async function nameWhole({ engine, recipe, log, signal }: BuildImageRequest, id: string): Promise<Failure | null> {
  const doing = `build the image of ${recipe.name}`;
  const check = ["-I", "-c", "import os; os.stat('/opt/fettle/complete')"];
  const whole = await runOnce(engine, { image: id, program: `${IMAGE_ROOT}/bin/python`, args: check }, { log, signal });
  const tag = ["tag", id, imageTag(recipe.name, recipe.digest)];
  const end = whole.code === 0 ? await runEngine(engine, tag, { log, signal }) : whole;
  if (end.code === 0 && !signal.aborted) return null;
  // With it go the layers that the next build would take for whole.
  await runEngine(engine, ["rmi", "--force", id], { log, signal: AbortSignal.timeout(20_000) });
  return imageFailure(engine.name, { doing, output: end.output, log, interrupted: signal.aborted });
}

/** Version of the base's Python, which must be one the lock is for; brings a base in that is named by its digest. */
async function basePython({ engine, recipe, log, signal, onProgress }: BuildImageRequest): Promise<Result<string, Failure>> {
  const { reference } = recipe.base;
  if ((await inspectImages(engine, [reference], signal)).images.length === 0) {
    const failure = await pullImage({ engine, reference, what: "the base image", log, signal, onProgress });
    if (failure !== null) return err(withBaseHint(failure));
  }
  const args = ["-I", "-c", "import platform, venv; print(platform.python_version())"];
  const end = await runOnce(engine, { image: reference, program: "python3", args }, { signal });
  const version = end.stdout.trim();
  if (end.code === 0) return fitsRange(version, recipe.python) ? ok(version) : err(unfit(recipe, version, recipe.python));
  const doing = `run python3 of the base image ${reference}`;
  return err(imageFailure(engine.name, { doing, output: end.output, log, interrupted: signal.aborted }));
}

function labelsOf(recipe: ImageRecipe, python: string): Record<string, string> {
  return {
    [LABELS.identity]: recipe.digest,
    [LABELS.name]: recipe.name,
    [LABELS.base]: baseText(recipe.base),
    [LABELS.python]: python,
    [LABELS.root]: IMAGE_ROOT,
    [OCI_LABELS.source]: "https://www.npmjs.com/package/fettle",
    // What it is built from is told by its contents, wherever they lie.
    [OCI_LABELS.revision]: recipe.digest,
    [OCI_LABELS.version]: packageVersion(),
    [OCI_LABELS.base]: recipe.base.reference,
  };
}

function withBaseHint(failure: Failure): Failure {
  if (failure.reason === "interrupted") return failure;
  const own =
    "Without that registry: `containers/images/make-base.sh` makes a base of Debian's packages; name it in FETTLE_BASE_IMAGE or fettle.yaml.";
  return { ...failure, hint: failure.hint === undefined ? own : `${failure.hint} ${own}` };
}

function unfit({ name, base }: ImageRecipe, version: string, { text }: PythonRange): Failure {
  return {
    reason: "environment-unavailable",
    message: `The image of ${name} could not be built: its lock is for Python ${text}, and ${base.reference} has ${version}.`,
    hint: "Name another base: FETTLE_BASE_IMAGE, or `containers.base` in fettle.yaml.",
  };
}

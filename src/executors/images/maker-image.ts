import { digestJson } from "../../domain/digest.ts";
import type { EnvironmentIdentity, MakerImage } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { Engine } from "../container/engine.ts";
import { type FoundImage, findImage } from "./find-image.ts";
import { isPinned } from "./image-layout.ts";
import { pullImage } from "./pull-image.ts";
import { runOnce } from "./run-once.ts";

/** A maker's image in an engine's storage. */
export interface FoundMakerImage extends FoundImage {
  readonly root: string;
}

/** A maker's image is what its digest says; where it has been mirrored to does not matter. */
export function identifyMakerImage(name: string, { reference, root }: MakerImage): Result<EnvironmentIdentity, Failure> {
  if (!isPinned(reference)) {
    return err({
      reason: "environment-unavailable",
      message: `The image ${reference} of ${name} is not named by its digest, so it could be another one tomorrow.`,
      hint: "Write it as NAME@sha256:DIGEST; the registry's page shows the digest, and so does `podman image inspect` after a pull.",
    });
  }
  const contents = reference.slice(reference.indexOf("@") + 1);
  const digest = digestJson({ format: "fettle.maker-image/1", image: contents, root, platform: `linux-${process.arch}` });
  return ok({ name, digest, python: null });
}

/** Brings a maker's image in if it is not there yet, and finds its Python. */
export async function ensureMakerImage(request: {
  readonly engine: Engine;
  readonly name: string;
  readonly image: MakerImage;
  readonly log: string;
  readonly signal: AbortSignal;
  onProgress(text: string): void;
}): Promise<Result<FoundMakerImage, Failure>> {
  const { engine, name, image, log, signal, onProgress } = request;
  const query = { engine, reference: image.reference, identity: null, signal };
  let found = await findImage(query);
  if (found === null) {
    const failure = await pullImage({ engine, reference: image.reference, what: `the image of ${name}`, log, signal, onProgress });
    if (failure !== null) return err(failure);
    found = await findImage(query);
  }
  const root = found === null ? null : (image.root ?? found.root ?? (await findPython(engine, found.id, signal)));
  if (found === null || root === null) return err(noPython(name, image.reference));
  return ok({ ...found, root });
}

/** Where images have a `bin/python` most often, most telling first. */
const USUAL_ROOTS = ["/opt/fettle/venv", "/opt/venv", "/usr/local", "/usr"];

async function findPython(engine: Engine, id: string, signal: AbortSignal): Promise<string | null> {
  const script = `for root in ${USUAL_ROOTS.join(" ")}; do if [ -x "$root/bin/python" ]; then echo "$root"; exit; fi; done`;
  const end = await runOnce(engine, { image: id, program: "/bin/sh", args: ["-c", script] }, { signal });
  return USUAL_ROOTS.find((root) => root === end.stdout.trim()) ?? null;
}

function noPython(name: string, reference: string): Failure {
  return {
    reason: "environment-unavailable",
    message: `The image ${reference} of ${name} has no bin/python in ${USUAL_ROOTS.join(", ")}.`,
    hint: `Say where its Python is: containers.images.${name}.root in fettle.yaml, or images.${name}.root in the recipe.`,
  };
}

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, digestBytes, digestJson } from "../../domain/digest.ts";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { errorCode } from "../../system/error-code.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { type PythonRange, requiresPython } from "../environments/requires-python.ts";
import type { BaseImage } from "./base-image.ts";

/** Everything that decides an image, before it exists. */
export interface ImageRecipe {
  readonly name: string;
  readonly base: BaseImage;
  /** Absolute paths of what is copied into the build's context. */
  readonly files: { readonly containerfile: string; readonly lock: string; readonly install: string };
  /** Versions of Python the lock is for. */
  readonly python: PythonRange;
  readonly digest: Digest;
}

export interface ImageRecipeOptions {
  /** Reference of the base image; the Containerfile's own by default. */
  readonly base: string | null;
  /** Names the contents of a base. */
  identifyBase(reference: string): Promise<Result<BaseImage, Failure>>;
}

/**
 * What an environment's image is made of. Its digest is over the base's digest, the Containerfile, the installer and the lock: the
 * built image's own id differs from build to build.
 */
export async function imageRecipe(spec: EnvironmentSpec, options: ImageRecipeOptions): Promise<Result<ImageRecipe, Failure>> {
  const files = {
    containerfile: containerfileOf(dirname(spec.lock)),
    lock: spec.lock,
    install: join(containerDirectory("images"), "install-requirements"),
  };
  let contents: Buffer[];
  try {
    contents = await Promise.all([files.containerfile, files.lock, files.install].map((file) => readFile(file)));
  } catch (error) {
    const why = `a file it is made of cannot be read (${errorCode(error) ?? String(error)})`;
    return err({ reason: "environment-unavailable", message: `The image of ${spec.name} cannot be named: ${why}.` });
  }
  const [containerfile = Buffer.alloc(0), lock = containerfile, install = containerfile] = contents;
  const python = requiresPython(lock.toString("utf8"));
  if (python === null) return err(noRange(spec));
  const ownBase = /^ARG BASE=(\S+)$/m.exec(containerfile.toString("utf8"))?.[1];
  if (ownBase === undefined) return err(noBaseLine(spec, files.containerfile));
  const reference = options.base ?? ownBase;
  const base = await options.identifyBase(reference);
  if (!base.ok) return base;
  const digest = digestJson({
    format: "fettle.image/1",
    base: base.value.digest,
    containerfile: digestBytes(containerfile),
    lock: digestBytes(lock),
    install: digestBytes(install),
    platform: `linux-${process.arch}`,
  });
  return ok({ name: spec.name, base: base.value, files, python, digest });
}

function noRange({ name, lock }: EnvironmentSpec): Failure {
  const message = `The image of ${name} cannot be named: the line "# requires-python:" of ${lock} is not of the form ">=3.11,<3.14".`;
  return { reason: "environment-unavailable", message };
}

/** A toolchain's own Containerfile, or the one for those that bring none. A recipe's own requirements lie among the user's files. */
function containerfileOf(directory: string): string {
  const own = join(directory, "Containerfile");
  const isToolchain = existsSync(join(directory, "worker.py")) && existsSync(own);
  return isToolchain ? own : join(containerDirectory("images"), "Containerfile");
}

// A Containerfile that says otherwise what it is from could become another image without anybody knowing.
function noBaseLine({ name }: EnvironmentSpec, containerfile: string): Failure {
  return {
    reason: "environment-unavailable",
    message: `The image of ${name} cannot be named: ${containerfile} has no line "ARG BASE=NAME@sha256:DIGEST".`,
    hint: "Begin it as containers/images/Containerfile does, so that it can be built from another base.",
  };
}

import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestHex } from "../../domain/digest.ts";
import type { EnvironmentHandle, EnvironmentIdentity, EnvironmentSpec, Environments, MakerImage } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { diskFailure } from "../../system/disk-failure.ts";
import { lockFile, releaseAndRemove } from "../../system/file-lock.ts";
import type { Engine } from "../container/engine.ts";
import { imageNeeded } from "../environments/image-needed.ts";
import { type BaseImage, baseText, claimedBase, identifyBase } from "./base-image.ts";
import { buildImage } from "./build-image.ts";
import { type FoundImage, findImage } from "./find-image.ts";
import { IMAGE_ROOT, imageTag, LABELS } from "./image-layout.ts";
import { type ImageRecipe, imageRecipe } from "./image-recipe.ts";
import { pinnedReference, recordImage } from "./image-records.ts";
import { ensureMakerImage, identifyMakerImage } from "./maker-image.ts";

export interface ImageEnvironmentsParts {
  readonly engine: Engine;
  /** The store's root: locks, logs and what is known of images lie under it. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Reference of the base image; null: each Containerfile's own. */
  readonly base: string | null;
  /** Makers' images by toolchain; a toolchain's own wins over these. */
  readonly images: ReadonlyMap<string, MakerImage>;
  /** Ends questions to the engine early. */
  readonly signal: AbortSignal;
}

export interface EnsureImageOptions {
  readonly signal: AbortSignal;
  /** Build it even if it is there, and use nothing of earlier builds. */
  readonly fresh?: boolean;
  onProgress?(text: string): void;
}

/** Environments as images of one engine: built once from lock and Containerfile, or a maker's own image by its digest. */
export class ImageEnvironments implements Environments {
  readonly #parts: ImageEnvironmentsParts;
  /** By identity, as they were asked for. */
  readonly #makers = new Map<Digest, MakerImage>();
  /** Images that are here, so that no step asks again: that takes a tenth of a second, and for a maker's image a container. */
  readonly #found = new Map<Digest, EnvironmentHandle>();
  /** By reference: a base does not change under a build, and many ask for it at once. */
  readonly #bases = new Map<string, Promise<Result<BaseImage, Failure>>>();

  constructor(parts: ImageEnvironmentsParts) {
    this.#parts = parts;
  }

  async identify(spec: EnvironmentSpec): Promise<Result<EnvironmentIdentity, Failure>> {
    const maker = this.makerImage(spec);
    if (maker !== null) return this.#identifyMaker(spec, maker);
    const recipe = await this.recipe(spec);
    return recipe.ok ? ok({ name: spec.name, digest: recipe.value.digest, python: null }) : recipe;
  }

  async isMade({ name, digest }: EnvironmentIdentity): Promise<boolean> {
    const maker = this.#makers.get(digest);
    return (await (maker === undefined ? this.#find(imageTag(name, digest), digest) : this.#find(maker.reference, null))) !== null;
  }

  async ensure(spec: EnvironmentSpec, options: EnsureImageOptions): Promise<Result<EnvironmentHandle, Failure>> {
    const maker = this.makerImage(spec);
    if (maker !== null) return await this.#ensureMaker(spec, maker, options);
    const recipe = await this.recipe(spec);
    if (!recipe.ok) return recipe;
    const { name, digest } = recipe.value;
    const known = options.fresh === true ? undefined : this.#found.get(digest);
    if (known !== undefined) return ok({ ...known, name });
    const there = options.fresh === true ? null : await this.#find(imageTag(name, digest), digest);
    const found = there ?? (await this.#makeOnce(recipe.value, options));
    if ("reason" in found) return err(found);
    const { id, python, root } = found;
    // Engines give images that were imported a PATH of their own: it is no part of the identity, and must decide nothing.
    const { PATH: _, ...variables } = found.variables;
    const pinned = await this.#remember({ name, digest, id, pinned: null });
    const handle = { name, digest, python, root: root ?? IMAGE_ROOT, image: { id, pinned }, variables };
    this.#found.set(digest, handle);
    return ok(handle);
  }

  /** What an image is made from and where it can be had, for a lock. */
  async describe(spec: EnvironmentSpec): Promise<{ base: string | null; pinned: string | null } | null> {
    const maker = this.makerImage(spec);
    if (maker !== null) return { base: null, pinned: maker.reference };
    const recipe = await this.recipe(spec);
    if (!recipe.ok) return null;
    const { name, base, digest } = recipe.value;
    const found = await this.#find(imageTag(name, digest), digest);
    return { base: baseText(base), pinned: found === null ? null : await this.#pinned(digest, found.id) };
  }

  /**
   * What an image is built from.
   *
   * @param labels of an image that came from elsewhere: where the base itself is not here, what they say of it is taken
   */
  async recipe(spec: EnvironmentSpec, labels: Readonly<Record<string, string>> = {}): Promise<Result<ImageRecipe, Failure>> {
    if (spec.needsImage !== undefined) return err(imageNeeded(spec, spec.needsImage, "engine"));
    return imageRecipe(spec, {
      base: this.#parts.base,
      identifyBase: async (reference) => {
        const base = await this.#base(reference);
        return base.ok ? base : (claimedBase(reference, labels[LABELS.base]) ?? base);
      },
    });
  }

  /** The maker's image an environment is, or null for one that Fettle builds. */
  makerImage({ name, image }: EnvironmentSpec): MakerImage | null {
    return image === undefined ? (this.#parts.images.get(name) ?? null) : { reference: image, root: null };
  }

  async #base(reference: string): Promise<Result<BaseImage, Failure>> {
    const asked = this.#bases.get(reference) ?? identifyBase(reference, this.#parts.engine, this.#parts.signal);
    this.#bases.set(reference, asked);
    const base = await asked;
    // It may be brought in later.
    if (!base.ok) this.#bases.delete(reference);
    return base;
  }

  #identifyMaker(spec: EnvironmentSpec, maker: MakerImage): Result<EnvironmentIdentity, Failure> {
    const identity = identifyMakerImage(spec.name, maker);
    if (identity.ok) this.#makers.set(identity.value.digest, maker);
    return identity;
  }

  #find(reference: string, identity: string | null): Promise<FoundImage | null> {
    return findImage({ ...this.#parts, reference, identity });
  }

  #pinned(identity: Digest, id: string): Promise<string | null> {
    return pinnedReference(this.#parts.root, { engine: this.#parts.engine.name, identity, id });
  }

  async #remember(image: { name: string; digest: Digest; id: string; pinned: string | null }): Promise<string | null> {
    const { root, engine } = this.#parts;
    const { name, digest, id } = image;
    const pinned = image.pinned ?? (await this.#pinned(digest, id));
    await recordImage(root, { engine: engine.name, name, identity: digest, id, pinned });
    return pinned;
  }

  /** One process at a time does the work; the others wait, and find it done. */
  async #alone<T>(digest: Digest, options: EnsureImageOptions, work: (lock: number) => Promise<T | Failure>): Promise<T | Failure> {
    const { root, engine } = this.#parts;
    const folder = join(root, "locks");
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      const failure = await diskFailure(error, folder);
      if (failure === null) throw error;
      return failure;
    }
    const path = join(folder, `image-${engine.name}-${digestHex(digest)}`);
    const onWait = () => options.onProgress?.("waiting for another process that makes it");
    const lock = await lockFile({ path, mode: "exclusive", signal: options.signal, onWait });
    if (!lock.ok) return lock.error;
    try {
      return await work(lock.value.descriptor);
    } finally {
      releaseAndRemove(lock.value, path);
    }
  }

  #makeOnce(recipe: ImageRecipe, options: EnsureImageOptions): Promise<FoundImage | Failure> {
    const { engine, env, root } = this.#parts;
    const { name, digest } = recipe;
    return this.#alone(digest, options, async (lockDescriptor) => {
      const tag = imageTag(name, digest);
      const fresh = options.fresh === true;
      const made = fresh ? null : await this.#find(tag, digest);
      if (made !== null) return made;
      const log = this.#log(name);
      const onProgress = (text: string) => options.onProgress?.(text);
      const failure = await buildImage({ engine, recipe, env, root, fresh, log, signal: options.signal, lockDescriptor, onProgress });
      return failure ?? (await this.#find(tag, digest)) ?? lost(name, log);
    });
  }

  async #ensureMaker(spec: EnvironmentSpec, image: MakerImage, options: EnsureImageOptions): Promise<Result<EnvironmentHandle, Failure>> {
    const identity = this.#identifyMaker(spec, image);
    if (!identity.ok) return identity;
    const { name, digest } = identity.value;
    const known = this.#found.get(digest);
    if (known !== undefined) return ok({ ...known, name });
    const { engine } = this.#parts;
    const request = { engine, name, image, log: this.#log(name), signal: options.signal };
    const onProgress = (text: string) => options.onProgress?.(text);
    const found = await this.#alone(digest, options, async () => {
      const ensured = await ensureMakerImage({ ...request, onProgress });
      return ensured.ok ? ensured.value : ensured.error;
    });
    if ("reason" in found) return err(found);
    await this.#remember({ name, digest, id: found.id, pinned: image.reference });
    const { id, python, root, variables } = found;
    const handle = { name, digest, python, root, image: { id, pinned: image.reference }, variables };
    this.#found.set(digest, handle);
    return ok(handle);
  }

  #log(name: string): string {
    return join(this.#parts.root, "logs", `image-${name}-${Date.now()}-${randomBytes(3).toString("hex")}.log`);
  }
}

function lost(name: string, log: string): Failure {
  return { reason: "environment-unavailable", message: `The image of ${name} was made, and is not in the engine's storage.`, log };
}

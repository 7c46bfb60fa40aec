import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDigest } from "../../domain/digest.ts";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { withRunFolder } from "../../system/run-folder.ts";
import { runEngine } from "../container/engine.ts";
import { imageFailure } from "./image-failure.ts";
import { imageWork, shortIdentity } from "./image-layout.ts";
import { recordImage } from "./image-records.ts";
import type { ImageSite } from "./image-site.ts";
import { inspectImages } from "./inspect-image.ts";
import { findOwnImage, imageLog, type OwnImage } from "./own-image.ts";
import { plainHttp } from "./pull-image.ts";

/**
 * Sends an image to a registry and remembers the digest it has there. Log-in is the engine's own.
 *
 * @param to registry and folder: `registry.example/team/fettle`
 * @returns `registry.example/team/fettle/openvino@sha256:...`
 */
export async function pushImage(site: ImageSite, spec: EnvironmentSpec, to: string): Promise<Result<string, Failure>> {
  const found = await findOwnImage(site, spec, "push");
  if (!found.ok) return found;
  const repository = `${to}/${spec.name}`;
  site.onProgress(spec.name, `pushing to ${repository}`);
  const digest = await push(site, found.value, repository);
  if (!digest.ok) return digest;
  const pinned = `${repository}@${digest.value}`;
  const { recipe, image } = found.value;
  await recordImage(site.root, { engine: site.engine.name, name: spec.name, identity: recipe.digest, id: image.id, pinned });
  return ok(pinned);
}

/** The digest a registry gives an image that was pushed. Layers are packed on the way: no engine knows it before. */
async function push(site: ImageSite, own: OwnImage, repository: string): Promise<Result<string, Failure>> {
  const { engine, root, signal } = site;
  const log = imageLog(root, own.recipe.name);
  const target = `${repository}:${shortIdentity(own.recipe.digest)}`;
  const work = engine.name === "podman" ? podmanPush : dockerPush;
  const pushed = await work(site, { own, repository, target, log });
  if (!pushed.ok) return pushed;
  const { digest, output } = pushed.value;
  if (digest !== null && isDigest(digest) && !signal.aborted) return ok(digest);
  return err(imageFailure(engine.name, { doing: `push to ${target}`, output, log, interrupted: signal.aborted }));
}

interface Push {
  readonly own: OwnImage;
  readonly repository: string;
  readonly target: string;
  readonly log: string;
}

interface Pushed {
  readonly digest: string | null;
  readonly output: string;
}

async function podmanPush({ engine, root, signal }: ImageSite, { own, target, log }: Push): Promise<Result<Pushed, Failure>> {
  return await withRunFolder(imageWork(root), async ({ path }) => {
    const file = join(path, "digest");
    const words = ["push", ...plainHttp(engine.name, target), "--digestfile", file, own.tag, target];
    const { code, output } = await runEngine(engine, words, { log, signal });
    return { digest: code === 0 ? (await readFile(file, "utf8")).trim() : null, output };
  });
}

// Docker pushes what has the name of the place it goes to.
async function dockerPush({ engine, signal }: ImageSite, { own, repository, target, log }: Push): Promise<Result<Pushed, Failure>> {
  const tagged = await runEngine(engine, ["tag", own.tag, target], { log, signal });
  if (tagged.code !== 0) return ok({ digest: null, output: tagged.output });
  const { code, output } = await runEngine(engine, ["push", target], { log, signal });
  const [image] = code === 0 ? (await inspectImages(engine, [target], signal)).images : [];
  const digest = image?.digests.find((name) => name.startsWith(`${repository}@`))?.slice(repository.length + 1) ?? null;
  await runEngine(engine, ["rmi", target], { signal: AbortSignal.timeout(20_000) });
  return ok({ digest, output });
}

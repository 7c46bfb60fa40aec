import { mkdir, mkdtemp } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { diskFailure } from "../../system/disk-failure.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { runEngine } from "../container/engine.ts";
import { packArchive } from "./archive/pack-archive.ts";
import { imageFailure } from "./image-failure.ts";
import { shortIdentity } from "./image-layout.ts";
import { pinnedReference } from "./image-records.ts";
import type { ImageSite } from "./image-site.ts";
import { findOwnImage, imageLog, type OwnImage } from "./own-image.ts";

/**
 * Writes an environment's image into a folder as an OCI archive, `openvino-0123456789abcdef.oci.tar`, that either engine loads.
 *
 * @returns the archive's path
 */
export async function saveImage(site: ImageSite, spec: EnvironmentSpec, folder: string): Promise<Result<string, Failure>> {
  const found = await findOwnImage(site, spec, "save");
  if (!found.ok) return found;
  const out = resolve(folder, `${spec.name}-${shortIdentity(found.value.recipe.digest)}.oci.tar`);
  try {
    await mkdir(folder, { recursive: true });
    const failure = await save(site, found.value, out);
    return failure === null ? ok(out) : err(failure);
  } catch (error) {
    if (site.signal.aborted) return err(interrupted(spec.name));
    const failure = await diskFailure(error, out);
    if (failure === null) throw error;
    return err({ ...failure, hint: "Free some space, or save somewhere else with --out." });
  } finally {
    await removeFolder(`${out}.part`);
  }
}

async function save(site: ImageSite, { recipe, tag, image }: OwnImage, out: string): Promise<Failure | null> {
  const { engine, root, signal } = site;
  const log = imageLog(root, recipe.name);
  // Beside the archive, which is renamed into its place, and on a disk that is meant to hold as much.
  const scratch = await mkdtemp(join(dirname(out), `.${basename(out)}-`));
  try {
    const saved = join(scratch, "saved.tar");
    const unpacked = join(scratch, "layout");
    await mkdir(unpacked);
    site.onProgress(recipe.name, `saving to ${out}`);
    const format = engine.name === "podman" ? ["--format", "oci-archive"] : [];
    const end = await runEngine(engine, ["save", ...format, "--output", saved, tag], { log, signal });
    if (end.code !== 0 || signal.aborted) {
      return imageFailure(engine.name, { doing: `save the image of ${recipe.name}`, output: end.output, log, interrupted: signal.aborted });
    }
    const pinned = await pinnedReference(root, { engine: engine.name, identity: recipe.digest, id: image.id });
    await packArchive({ saved, folder: unpacked, tag, pinned, out, signal });
    return null;
  } finally {
    await removeFolder(scratch);
  }
}

function interrupted(name: string): Failure {
  return { reason: "interrupted", message: `Stopped while the image of ${name} was being saved.` };
}

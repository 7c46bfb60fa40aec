import { copyFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { replace } from "tar";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { withRunFolder } from "../../system/run-folder.ts";
import { runEngine } from "../container/engine.ts";
import { adoptImage, refuseOther } from "./adopt-image.ts";
import { dockerManifest } from "./archive/oci-layout.ts";
import { type ArchivedImage, readArchive } from "./archive/read-archive.ts";
import { imageFailure } from "./image-failure.ts";
import { imageWork, LABELS } from "./image-layout.ts";
import type { ImageSite } from "./image-site.ts";
import { imageLog, ownRecipe } from "./own-image.ts";

export interface LoadedImage {
  readonly name: string;
  readonly id: string;
  readonly pinned: string | null;
}

/**
 * Brings an image in from an OCI archive. Before the engine sees it, every byte is checked against the digests it names, and whether it is
 * the image that would be built here.
 *
 * @param specs by name, what may be loaded
 */
export async function loadImage(
  site: ImageSite,
  specs: ReadonlyMap<string, EnvironmentSpec>,
  file: string,
): Promise<Result<LoadedImage, Failure>> {
  site.onProgress(file, "checking the archive");
  const archive = await readArchive(file);
  if (!archive.ok) return err(unreadable(file, archive.error));
  const { id, labels, pinned } = archive.value;
  const name = labels[LABELS.name] ?? "";
  const spec = specs.get(name);
  if (spec === undefined)
    return err(unreadable(file, name === "" ? "it is no image that Fettle built" : `no toolchain here is called ${name}`));
  const recipe = await ownRecipe(site, spec, "load", labels);
  if (!recipe.ok) return recipe;
  const refusal = refuseOther(name, { labels, identity: recipe.value.digest, from: file });
  if (refusal !== null) return err(refusal);
  site.onProgress(name, `loading ${file}`);
  const log = imageLog(site.root, name);
  const failure = await load(site, { file, archive: archive.value, log });
  if (failure !== null) return err(failure);
  const adopted = await adoptImage(site, { spec, reference: id, from: file, pinned, log });
  return adopted.ok ? ok({ name, id, pinned }) : adopted;
}

interface Load {
  readonly file: string;
  readonly archive: ArchivedImage;
  readonly log: string;
}

async function load(site: ImageSite, { file, archive, log }: Load): Promise<Failure | null> {
  const { engine, root, signal } = site;
  const loaded = await withRunFolder(imageWork(root), async ({ path }) => {
    const input = archive.hasDockerManifest ? resolve(file) : await withDockerManifest(path, file, archive);
    return await runEngine(engine, ["load", "--input", input], { log, signal });
  });
  if (!loaded.ok) return loaded.error;
  const { code, output } = loaded.value;
  if (code === 0 && !signal.aborted) return null;
  return imageFailure(engine.name, { doing: `load ${file}`, output, log, interrupted: signal.aborted });
}

/** A copy that docker can read too, which before version 25 knows only its own format. */
async function withDockerManifest(scratch: string, file: string, { manifest }: ArchivedImage): Promise<string> {
  const copy = join(scratch, "archive.tar");
  await copyFile(file, copy);
  await writeFile(join(scratch, "manifest.json"), dockerManifest(manifest, null));
  await replace({ file: copy, cwd: scratch, portable: true }, ["manifest.json"]);
  return copy;
}

function unreadable(file: string, why: string): Failure {
  return {
    reason: "hash-mismatch",
    message: `${file} was not loaded: ${why}.`,
    hint: "`fettle images save` writes archives that can be loaded; check that it was copied whole.",
  };
}

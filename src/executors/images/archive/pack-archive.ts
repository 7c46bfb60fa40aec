import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create, extract } from "tar";
import { layoutFromDocker } from "./from-docker.ts";
import {
  ANNOTATIONS,
  blobPath,
  type Descriptor,
  dockerManifest,
  type ImageManifest,
  indexSchema,
  MEDIA,
  manifestSchema,
} from "./oci-layout.ts";

export interface PackRequest {
  /** What an engine saved: an OCI archive, docker's own, or both in one. */
  readonly saved: string;
  /** An empty folder on the disk of `out`. */
  readonly folder: string;
  readonly tag: string;
  /** Where a registry has this very image. */
  readonly pinned: string | null;
  /** The archive to write. */
  readonly out: string;
  readonly signal: AbortSignal;
}

/**
 * Writes an OCI archive that every engine loads: an OCI layout with docker's own manifest beside it, for dockers before 25. Equal images
 * give equal bytes. It appears whole or not at all.
 */
export async function packArchive({ saved, folder, tag, pinned, out, signal }: PackRequest): Promise<void> {
  await extract({ file: saved, cwd: folder, preserveOwner: false });
  const described = existsSync(join(folder, "index.json")) ? await imageOf(folder) : await layoutFromDocker(folder, signal);
  const manifest = await readManifest(folder, described);
  const annotations = { [ANNOTATIONS.name]: tag, ...(pinned === null ? {} : { [ANNOTATIONS.pinned]: pinned }) };
  const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: [{ ...described, annotations }] };
  await writeFile(join(folder, "index.json"), JSON.stringify(index));
  await writeFile(join(folder, "manifest.json"), dockerManifest(manifest, tag));
  const blobs = [described, manifest.config, ...manifest.layers].map(({ digest }) => blobPath(digest));
  // What says what is in it comes first, so that it is known before the layers are read.
  const files = ["oci-layout", "index.json", "manifest.json", ...new Set(blobs)];
  signal.throwIfAborted();
  await create({ file: `${out}.part`, cwd: folder, portable: true, mtime: new Date(0) }, files);
  await rename(`${out}.part`, out);
}

/** The one image of a layout, whether or not it lies behind an index of its own (docker with containerd's store). */
async function imageOf(folder: string): Promise<Descriptor> {
  let [found] = indexSchema.parse(JSON.parse(await readFile(join(folder, "index.json"), "utf8"))).manifests;
  if (found?.mediaType === MEDIA.index) {
    const inner = indexSchema.parse(JSON.parse(await readFile(join(folder, blobPath(found.digest)), "utf8")));
    // Attestations about how it was built come along as images of no platform.
    found = inner.manifests.find(({ annotations }) => annotations?.["vnd.docker.reference.type"] === undefined);
  }
  if (found === undefined) throw new Error("the engine saved an archive without an image");
  return found;
}

async function readManifest(folder: string, { digest }: Descriptor): Promise<ImageManifest> {
  return manifestSchema.parse(JSON.parse(await readFile(join(folder, blobPath(digest)), "utf8")));
}

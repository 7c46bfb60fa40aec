import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { digestBytes } from "../../../domain/digest.ts";
import { digestFile } from "../../../system/digest-file.ts";
import { blobPath, type Descriptor, dockerManifestSchema, type ImageManifest, MEDIA } from "./oci-layout.ts";

/**
 * Makes an OCI layout of an unpacked archive of an older docker, in the same folder. The configuration stays as it is, and with it the
 * image's id; layers are packed.
 *
 * @returns the manifest, a blob of the layout now
 */
export async function layoutFromDocker(folder: string, signal: AbortSignal): Promise<Descriptor> {
  const [entry] = dockerManifestSchema.parse(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")));
  if (entry === undefined) throw new Error("the schema asks for one image");
  await mkdir(join(folder, "blobs/sha256"), { recursive: true });
  const config = await addBlob(folder, join(folder, entry.Config), MEDIA.config);
  const layers: Descriptor[] = [];
  for (const layer of entry.Layers) {
    const packed = join(folder, "layer.gz");
    await pipeline(createReadStream(join(folder, layer)), createGzip(), createWriteStream(packed), { signal });
    layers.push(await addBlob(folder, packed, MEDIA.layer));
  }
  const manifest: ImageManifest = { schemaVersion: 2, mediaType: MEDIA.manifest, config, layers };
  const text = JSON.stringify(manifest);
  await writeFile(join(folder, blobPath(digestBytes(text))), text);
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return { mediaType: MEDIA.manifest, digest: digestBytes(text), size: Buffer.byteLength(text) };
}

async function addBlob(folder: string, file: string, mediaType: string): Promise<Descriptor> {
  const digest = await digestFile(file);
  const { size } = await stat(file);
  await rename(file, join(folder, blobPath(digest)));
  return { mediaType, digest, size };
}

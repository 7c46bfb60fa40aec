import { z } from "zod";
import { type Digest, digestHex, isDigest } from "../../../domain/digest.ts";

/** Media types of the OCI image format. */
export const MEDIA = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

export const ANNOTATIONS = {
  /** The name the image had. */
  name: "org.opencontainers.image.ref.name",
  /** `registry/name@sha256:...` that this very image has in a registry. */
  pinned: "dev.fettle.pinned",
} as const;

const digest = z.string().refine((text): text is Digest => isDigest(text));

const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest,
  size: z.number(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type Descriptor = z.output<typeof descriptorSchema>;

/** index.json of an OCI layout, and an index that is one of its blobs. */
export const indexSchema = z.looseObject({ schemaVersion: z.literal(2), manifests: z.array(descriptorSchema).min(1) });

export const manifestSchema = z.looseObject({ schemaVersion: z.literal(2), config: descriptorSchema, layers: z.array(descriptorSchema) });
export type ImageManifest = z.output<typeof manifestSchema>;

/** What is read of an image's configuration. */
export const configSchema = z.looseObject({
  config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

/** manifest.json of docker's own format, which older dockers need to load an archive. */
export const dockerManifestSchema = z
  .array(z.looseObject({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }))
  .length(1);

/** Where a blob lies in a layout, relative to it. */
export function blobPath(digest: Digest): string {
  return `blobs/sha256/${digestHex(digest)}`;
}

/** What docker reads: the same blobs by their places. */
export function dockerManifest(manifest: ImageManifest, tag: string | null): string {
  const entry = {
    Config: blobPath(manifest.config.digest),
    RepoTags: tag === null ? [] : [tag],
    Layers: manifest.layers.map((layer) => blobPath(layer.digest)),
  };
  return JSON.stringify([entry]);
}

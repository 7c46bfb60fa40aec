import type { EnvironmentSpec } from "../../domain/environment.ts";

/** What a lock says of an image beside its identity. */
export interface ImageDescription {
  /** The image it is made from, by digest: `docker.io/library/python@sha256:...`; null for a maker's own image. */
  readonly base: string | null;
  /** `registry/name@sha256:...` of the image that is here; null where none is, or it has only been built here. */
  readonly pinned: string | null;
}

/** Describes the image an environment comes from; null for an environment that is no image. Fast, and without network. */
export type DescribeImage = (spec: EnvironmentSpec) => Promise<ImageDescription | null>;

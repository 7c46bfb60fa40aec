import { resolve } from "node:path";

/** Where in a store image work puts what lasts no longer than itself; absolute, as engines want it. */
export function imageWork(root: string): string {
  return resolve(root, "work");
}

/** Where an image that Fettle builds holds its environment. */
export const IMAGE_ROOT = "/opt/fettle/venv";

/** Labels of images that Fettle builds or reads. */
export const LABELS = {
  /** Digest of everything that decided the image. */
  identity: "dev.fettle.identity",
  /** The environment's name: `openvino`. */
  name: "dev.fettle.environment",
  /** The base it was built from, with its digest. */
  base: "dev.fettle.base",
  /** Version of its interpreter: `3.11.2`. */
  python: "dev.fettle.python",
  /** Folder of the Python environment: /opt/fettle/venv, or where another maker has it. */
  root: "dev.fettle.root",
} as const;

const OCI = "org.opencontainers.image";
export const OCI_LABELS = {
  source: `${OCI}.source`,
  revision: `${OCI}.revision`,
  version: `${OCI}.version`,
  base: `${OCI}.base.name`,
  licenses: `${OCI}.licenses`,
} as const;

/** The name an image goes by in an engine: `localhost/fettle/openvino:0123456789abcdef`. */
export function imageTag(name: string, identity: string): string {
  return `${OWN_PREFIX}${name}:${shortIdentity(identity)}`;
}

/** Begins the names of Fettle's images in an engine's storage. */
const OWN_PREFIX = "localhost/fettle/";

/** The tag of an image: the first 16 hex digits of its identity. */
export function shortIdentity(identity: string): string {
  return identity.replace(/^sha256:/, "").slice(0, 16);
}

const PINNED = /^[^@\s]+@sha256:[0-9a-f]{64}$/;

/** Whether a reference names an image by the digest of its contents, so that it can mean nothing else tomorrow. */
export function isPinned(reference: string): boolean {
  return PINNED.test(reference);
}

/**
 * Whether a reference's registry is on this machine itself. Docker speaks plain HTTP to such a one; podman is told to, since nobody else
 * listens in there.
 */
export function isLoopback(reference: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?\//.test(reference);
}

import type { Engine } from "../container/engine.ts";
import type { ImageEnvironments } from "./image-environments.ts";

/** Where images are looked after: one engine, and what is known of its images in the store. */
export interface ImageSite {
  readonly engine: Engine;
  readonly environments: ImageEnvironments;
  /** The store's root. */
  readonly root: string;
  readonly signal: AbortSignal;
  onProgress(name: string, text: string): void;
}

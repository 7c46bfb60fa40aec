import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentSpec } from "../../src/domain/environment.ts";
import type { Engine } from "../../src/executors/container/engine.ts";
import { ImageEnvironments, type ImageEnvironmentsParts } from "../../src/executors/images/image-environments.ts";
import type { ImageSite } from "../../src/executors/images/image-site.ts";
import { NEVER } from "./commands.ts";
import { scratchFolder } from "./scratch.ts";

export type SiteChanges = Partial<Pick<ImageEnvironmentsParts, "base" | "images" | "env" | "root">>;

/** Where images are looked after in a test: an engine and a store of its own. */
export function imageSite(engine: Engine, changes: SiteChanges = {}): ImageSite {
  const root = changes.root ?? join(scratchFolder("store"), "store");
  const parts = { engine, root, env: engine.env, base: "localhost/fettle-base:1", images: new Map(), signal: NEVER, ...changes };
  return { engine, root, environments: new ImageEnvironments(parts), signal: NEVER, onProgress: () => {} };
}

export const TOY_LOCK = `toy==1.0 --hash=sha256:${"0".repeat(64)}\n`;

/** A toolchain's folder: a lock, a worker, and a Containerfile where one is given. */
export function toyToolchain(lock = TOY_LOCK, containerfile?: string): EnvironmentSpec {
  const folder = join(scratchFolder("toolchain"), "toy");
  mkdirSync(folder);
  writeFileSync(join(folder, "requirements.lock"), lock);
  writeFileSync(join(folder, "worker.py"), "");
  if (containerfile !== undefined) writeFileSync(join(folder, "Containerfile"), containerfile);
  return { name: "toy", lock: join(folder, "requirements.lock") };
}

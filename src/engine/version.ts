import { createRequire } from "node:module";

/** Version of this package, from its package.json, two levels above src/engine and lib/engine alike. */
export function fettleVersion(): string {
  const manifest: { version: string } = createRequire(import.meta.url)("../../package.json");
  return manifest.version;
}

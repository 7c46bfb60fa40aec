import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestBytes } from "../../src/domain/digest.ts";
import type { ProofLevel } from "../../src/domain/proof.ts";
import { PROOF_SCHEMA } from "../../src/engine/proof/proof-schema.ts";
import { MANIFEST_SCHEMA, type Manifest } from "../../src/engine/publish/manifest.ts";
import type { ArtifactSource } from "../../src/engine/publish/write-artifact.ts";

/** An artifact of one file, which is written to the folder `tree`, with all that a proof is begun by; `text` tells it from another. */
export function toyArtifact(tree: string, text: string, proof: ProofLevel = "compiled"): ArtifactSource {
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, "model.bin"), text);
  const texts = { "proof/request.json": JSON.stringify(REQUEST) };
  const files = Object.entries({ "model.bin": text, ...texts });
  return { tree, files: readdirSync(tree), copies: [], texts, manifest: manifestOf(text, proof, files) };
}

const REQUEST = {
  schema: PROOF_SCHEMA,
  target: { name: "far", title: "Far", device: "cpu", architecture: "aarch64" },
  require: "compiled",
  candidate: { toolchain: "anvil", precision: "float32", options: {} },
  accept: { outputs: "auto", metric: null, latency: {} },
  measure: { threads: 1, margin: 0.03 },
  bind: {},
  results: { model: {}, prepared: {}, data: {}, reference: {}, compile: {} },
};

function manifestOf(text: string, proof: ProofLevel, files: readonly [string, string][]): Manifest {
  return {
    schema: MANIFEST_SCHEMA,
    fettle: "0.1.0",
    recipe: "toy",
    target: { device: "cpu", name: "far", architecture: "aarch64", cpu: "generic", features: [] },
    candidate: "anvil/float32",
    toolchain: { name: "anvil", version: "1.0" },
    precision: "float32",
    proof,
    files: files.map(([path, contents]) => ({ path, size: Buffer.byteLength(contents), digest: digestBytes(contents) })),
    signature: { inputs: [], outputs: [] },
    requires: { architecture: "aarch64", cpuFeatures: [], packages: {}, device: null },
    model: { sha256: "0".repeat(64), source: {}, externalData: [] },
    data: { digest: digestBytes("data"), validation: 1, calibration: 0 },
    judgedBy: digestBytes("accept"),
    made: {
      ...{ compile: digestBytes(text), environment: null, worker: null, isolation: null, image: null },
      ...{ versions: {}, facts: {}, declared: null, notes: [] },
    },
    proven: { host: {}, executed: null, agreement: null, speed: null },
  };
}

import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestBytes } from "../../../../src/domain/digest.ts";
import { isProvenFurther } from "../../../../src/engine/proof/is-proven-further.ts";
import type { Manifest } from "../../../../src/engine/publish/manifest.ts";
import { writeArtifact } from "../../../../src/engine/publish/write-artifact.ts";
import { toyArtifact } from "../../../rig/artifacts.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

/** A folder with an artifact that was measured, and the manifest of a build that could only compile it. */
async function measured(before: Partial<Manifest> = {}): Promise<{ directory: string; compiled: Manifest }> {
  const directory = join(scratchFolder("dist"), "far");
  const source = toyArtifact(scratchFolder("tree"), "model");
  const proven = { host: { cores: 8 }, executed: {}, agreement: {}, speed: {} };
  await writeArtifact(directory, { ...source, manifest: { ...source.manifest, proof: "measured", proven, ...before } });
  return { directory, compiled: source.manifest };
}

test("the same artifact, judged by the same, is proven further where it was measured", async () => {
  const { directory, compiled } = await measured();
  expect(await isProvenFurther(directory, compiled)).toBe(true);
  expect(await isProvenFurther(directory, { ...compiled, proof: "measured" })).toBe(false);
});

test("a proof by what another recipe asked is none for this one, nor is one that does not say what it was judged by", async () => {
  const { directory, compiled } = await measured({ judgedBy: digestBytes("another accept") });
  expect(await isProvenFurther(directory, compiled)).toBe(false);
  const { judgedBy: _, ...silent } = compiled;
  const older = join(scratchFolder("dist"), "far");
  await writeArtifact(older, { ...toyArtifact(scratchFolder("tree"), "model"), manifest: { ...silent, proof: "measured" } });
  expect(await isProvenFurther(older, compiled)).toBe(false);
});

test("a proof of files that were changed since is none", async () => {
  const { directory, compiled } = await measured();
  appendFileSync(join(directory, "model.bin"), "!");
  expect(await isProvenFurther(directory, compiled)).toBe(false);
});

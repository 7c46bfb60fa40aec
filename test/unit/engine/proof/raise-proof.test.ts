import { cpSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { ProofLevel } from "../../../../src/domain/proof.ts";
import type { CandidateReport } from "../../../../src/domain/report.ts";
import { type OpenProof, openProof } from "../../../../src/engine/proof/open-proof.ts";
import { raiseProof } from "../../../../src/engine/proof/raise-proof.ts";
import { writeArtifact } from "../../../../src/engine/publish/write-artifact.ts";
import { toyArtifact } from "../../../rig/artifacts.ts";
import { HOST } from "../../../rig/recipe-folder.ts";
import { scratchFolder } from "../../../rig/scratch.ts";
import { mountSmallDisk, remountReadOnly } from "../../../rig/small-disk.ts";

async function publish(directory: string, text: string): Promise<void> {
  const written = await writeArtifact(directory, toyArtifact(scratchFolder("tree"), text));
  if (!written.ok) throw new Error(written.error.message);
}

/** A published artifact whose proof has begun. */
async function proving(): Promise<OpenProof> {
  const directory = join(scratchFolder("dist"), "far");
  await publish(directory, "first");
  const opened = await openProof(directory);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** Ends a proof that found this much. */
function raise(proof: OpenProof, level: ProofLevel | null) {
  const winner = { proof: level, facts: null, agreement: null, speed: null } as CandidateReport;
  return raiseProof(proof, { winner, host: HOST, waiting: {} });
}

const proofOf = ({ directory }: OpenProof) => JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")).proof;

test("a proof that is further is written, and nothing is left within the artifact or beside it", async () => {
  const proof = await proving();
  expect(await raise(proof, "measured")).toEqual({ ok: true, value: true });
  expect(proofOf(proof)).toBe("measured");
  expect(await openProof(proof.directory)).toMatchObject({ ok: true });
  expect(readdirSync(dirname(proof.directory))).toEqual(["far"]);
});

test("an artifact that was published meanwhile keeps its own manifest", async () => {
  const proof = await proving();
  await publish(proof.directory, "second");
  const before = readFileSync(join(proof.directory, "manifest.json"), "utf8");
  expect(await raise(proof, "measured")).toMatchObject({ ok: false, error: { reason: "hash-mismatch" } });
  expect(readFileSync(join(proof.directory, "manifest.json"), "utf8")).toBe(before);
  expect(await openProof(proof.directory)).toMatchObject({ ok: true });
});

test("of two proofs of one artifact the further one stays, whichever ends last", async () => {
  // Both have opened it as it was before either ended.
  const proof = await proving();
  expect(await raise(proof, "measured")).toEqual({ ok: true, value: true });
  expect(await raise(proof, "emulated")).toEqual({ ok: true, value: false });
  expect(await raise(proof, null)).toEqual({ ok: true, value: false });
  expect(proofOf(proof)).toBe("measured");
});

test("an artifact whose folder is a disk of its own is raised too; one that cannot be written says so", async (context) => {
  const disk = await mountSmallDisk(context, 2);
  cpSync((await proving()).directory, disk, { recursive: true });
  const opened = await openProof(disk);
  if (!opened.ok) throw new Error(opened.error.message);
  expect(await raise(opened.value, "emulated")).toEqual({ ok: true, value: true });
  expect(await openProof(disk)).toMatchObject({ ok: true, value: { manifest: { proof: "emulated" } } });
  remountReadOnly(disk);
  expect(await raise(opened.value, "measured")).toMatchObject({ ok: false, error: { reason: "read-only" } });
});

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { isPublished, setAside, writeArtifact } from "../../../../src/engine/publish/write-artifact.ts";
import { toyArtifact } from "../../../rig/artifacts.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

const artifact = (text: string) => toyArtifact(scratchFolder("tree"), text);
const place = () => join(scratchFolder("dist"), "far");
const beside = (directory: string) => readdirSync(dirname(directory)).sort();

test("a folder that never was an artifact is kept under another name, and that is said", async () => {
  const directory = place();
  mkdirSync(directory);
  writeFileSync(join(directory, "mine.txt"), "mine");
  expect(await writeArtifact(directory, artifact("first"))).toEqual({
    ok: true,
    value: {
      isNew: true,
      kept: `${directory} held what Fettle did not put there (mine.txt): it is kept, as it was, in ${directory}.kept.`,
    },
  });
  expect(beside(directory)).toEqual(["far", "far.kept"]);
  expect(readFileSync(join(`${directory}.kept`, "mine.txt"), "utf8")).toBe("mine");
  expect(readdirSync(directory)).not.toContain("mine.txt");
});

test("a user's notes in an artifact's folder are kept, with the artifact they lay beside", async () => {
  const directory = place();
  const first = artifact("first");
  await writeArtifact(directory, first);
  mkdirSync(join(directory, "__pycache__"));
  writeFileSync(join(directory, "__pycache__/load.pyc"), "");
  expect(await writeArtifact(directory, artifact("second"))).toMatchObject({ value: { kept: null } });
  for (const note of ["notes.txt", "more/notes.txt"]) {
    mkdirSync(dirname(join(directory, note)), { recursive: true });
    writeFileSync(join(directory, note), "keep");
  }
  expect(await isPublished(directory, artifact("second").manifest)).toBe(false);
  const third = await writeArtifact(directory, artifact("third"));
  expect(third).toMatchObject({ value: { isNew: true, kept: expect.stringContaining("(more/notes.txt and 1 more)") } });
  expect(readFileSync(join(`${directory}.kept`, "model.bin"), "utf8")).toBe("second");
  writeFileSync(join(directory, "again.txt"), "keep");
  await writeArtifact(directory, first);
  expect(beside(directory)).toEqual(["far", "far.kept", "far.kept-2"]);
});

test("what was set aside with a user's notes in it is not removed by the next that is", async () => {
  const directory = place();
  await writeArtifact(directory, artifact("first"));
  writeFileSync(join(directory, "notes.txt"), "keep");
  await setAside(directory);
  await writeArtifact(directory, artifact("second"));
  await setAside(directory);
  expect(beside(directory)).toEqual(["far.previous", "far.previous.kept"]);
  expect(readFileSync(join(`${directory}.previous.kept`, "notes.txt"), "utf8")).toBe("keep");
});

test("a file of the user's that has the artifact's name is kept too", async () => {
  const directory = place();
  writeFileSync(directory, "mine");
  const written = await writeArtifact(directory, artifact("first"));
  expect(written).toMatchObject({ ok: true, value: { kept: expect.stringContaining("(a file of that name)") } });
  expect(readFileSync(`${directory}.kept`, "utf8")).toBe("mine");
});

test("a file where the folder is to be is a place that cannot be written, in words", async () => {
  const file = join(scratchFolder("dist"), "afile");
  writeFileSync(file, "x");
  expect(await writeArtifact(join(file, "digits/far"), artifact("first"))).toMatchObject({ ok: false, error: { reason: "read-only" } });
});

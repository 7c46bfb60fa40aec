import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { err } from "../../../../src/domain/result.ts";
import { isPublished, replaceArtifact, setAside, writeArtifact } from "../../../../src/engine/publish/write-artifact.ts";
import { readManifest, verifyFiles } from "../../../../src/engine/verify-artifact.ts";
import { toyArtifact } from "../../../rig/artifacts.ts";
import { startChild } from "../../../rig/child.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

test("two builds that publish to one folder take turns, and leave one whole artifact and nothing beside it", async () => {
  const directory = join(scratchFolder("dist"), "toy/far");
  const children = [1, 2].map(() => startChild("publish-child.ts", [directory, scratchFolder("tree")]));
  for (const child of children) expect(await child.line()).toBe("open");
  children.forEach((child, index) => void child.say(`publish build${index} 25`));
  expect(await Promise.all(children.map((child) => child.line()))).toEqual(["published", "published"]);
  const read = await readManifest(directory);
  expect("manifest" in read && (await verifyFiles(directory, read.manifest))).toEqual([]);
  expect(readdirSync(dirname(directory))).toEqual(["far"]);
});

test("what lies there is looked at once nobody else can change it, and stays where it is to", async () => {
  const directory = join(scratchFolder("dist"), "far");
  const [first, second] = ["first", "second"].map((text) => toyArtifact(scratchFolder("tree"), text));
  if (first === undefined || second === undefined) throw new Error("no artifacts");
  expect(await writeArtifact(directory, first)).toEqual({ ok: true, value: { isNew: true, kept: null } });
  const seen: string[] = [];
  const stays = async () => {
    seen.push(...readdirSync(dirname(directory)));
    return true;
  };
  expect(await writeArtifact(directory, second, { stays })).toEqual({ ok: true, value: { isNew: false, kept: null } });
  expect(seen.sort()).toEqual([".far.lock", "far"]);
  expect(readFileSync(join(directory, "model.bin"), "utf8")).toBe("first");
});

test("what a killed Fettle left half-written beside an artifact goes with the next one", async () => {
  const directory = join(scratchFolder("dist"), "toy/far");
  const others = ["toy/.far.fettle-new.txt", "toy/.far-off.fettle-new-1-abc"].map((name) => join(dirname(dirname(directory)), name));
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const child = startChild("publish-child.ts", [directory, scratchFolder("tree")]);
    expect(await child.line()).toBe("open");
    child.say("publish killed 100000");
    await vi.waitUntil(() => existsSync(directory), { timeout: 20_000, interval: attempt });
    child.kill("SIGKILL");
    await child.ended;
    for (const other of others) mkdirSync(other, { recursive: true });
    expect(await writeArtifact(directory, toyArtifact(scratchFolder("tree"), "next"))).toMatchObject({ ok: true });
    expect(readdirSync(dirname(directory)).sort()).toEqual([...others.map((other) => basename(other)), "far"].sort());
  }
});

test("an artifact that a killed Fettle had moved out of the way for a new one is back when there is no new one", async () => {
  const directory = join(scratchFolder("dist"), "far");
  const first = toyArtifact(scratchFolder("tree"), "first");
  await writeArtifact(directory, first);
  renameSync(directory, join(dirname(directory), ".far.fettle-new-1-abc.old"));
  mkdirSync(join(dirname(directory), ".far.fettle-new-1-abc"));
  const failing = await replaceArtifact(directory, async () => err("no"));
  expect(failing).toEqual({ ok: false, error: "no" });
  expect(await isPublished(directory, first.manifest)).toBe(true);
  expect(readdirSync(dirname(directory))).toEqual(["far"]);
});

test("an artifact that is set aside leaves no lock behind either", async () => {
  const directory = join(scratchFolder("dist"), "far");
  await writeArtifact(directory, toyArtifact(scratchFolder("tree"), "first"));
  expect(await setAside(directory)).toEqual({ ok: true, value: `${directory}.previous` });
  expect(readdirSync(dirname(directory))).toEqual(["far.previous"]);
});

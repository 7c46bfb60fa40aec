import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { create } from "tar";
import { expect, test } from "vitest";
import { digestBytes, digestHex } from "../../../../src/domain/digest.ts";
import { packArchive } from "../../../../src/executors/images/archive/pack-archive.ts";
import { readArchive } from "../../../../src/executors/images/archive/read-archive.ts";
import { NEVER } from "../../../rig/commands.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

const CONFIG = JSON.stringify({ architecture: "amd64", config: { Labels: { "dev.fettle.environment": "toy" } }, rootfs: {} });
const TAG = "localhost/fettle/toy:0123456789abcdef";
const PINNED = `registry.example/toy@sha256:${"a".repeat(64)}`;

async function archiveOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = scratchFolder("archive");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const file = join(scratchFolder("saved"), "saved.tar");
  await create({ file, cwd: folder, portable: true }, Object.keys(files));
  return file;
}

/** As docker 20 saves: layers as they are, one of them a link to an equal one. */
async function dockerArchive(): Promise<string> {
  const folder = scratchFolder("docker");
  for (const layer of ["one", "two"]) mkdirSync(join(folder, layer));
  writeFileSync(join(folder, "one/layer.tar"), "the layer");
  symlinkSync("../one/layer.tar", join(folder, "two/layer.tar"));
  writeFileSync(join(folder, "config.json"), CONFIG);
  const manifest = [{ Config: "config.json", RepoTags: [TAG], Layers: ["one/layer.tar", "two/layer.tar"] }];
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  const file = join(scratchFolder("saved"), "saved.tar");
  await create({ file, cwd: folder }, ["one", "two", "config.json", "manifest.json"]);
  return file;
}

/** As podman saves, or docker with containerd's store: with an index behind the index. */
function ociFiles(isNested = false): Record<string, string> {
  const layer = "a packed layer";
  const blob = (text: string, mediaType: string) => ({ mediaType, digest: digestBytes(text), size: text.length });
  const at = (text: string) => `blobs/sha256/${digestHex(digestBytes(text))}`;
  const manifest = JSON.stringify({ schemaVersion: 2, config: blob(CONFIG, "c"), layers: [blob(layer, "l")] });
  const described = blob(manifest, "application/vnd.oci.image.manifest.v1+json");
  const attestation = { ...blob("{}", "m"), annotations: { "vnd.docker.reference.type": "attestation-manifest" } };
  const inner = JSON.stringify({ schemaVersion: 2, manifests: [attestation, described] });
  const index = isNested ? blob(inner, "application/vnd.oci.image.index.v1+json") : described;
  return {
    ...{ "oci-layout": '{"imageLayoutVersion":"1.0.0"}', "index.json": JSON.stringify({ schemaVersion: 2, manifests: [index] }) },
    ...{ [at(CONFIG)]: CONFIG, [at(layer)]: layer, [at(manifest)]: manifest, ...(isNested ? { [at(inner)]: inner } : {}) },
  };
}

async function pack(saved: string): Promise<string> {
  const out = join(scratchFolder("out"), "toy.oci.tar");
  await packArchive({ saved, folder: scratchFolder("layout"), tag: TAG, pinned: PINNED, out, signal: NEVER });
  return out;
}

test.each([
  ["older docker", dockerArchive],
  ["podman", () => archiveOf(ociFiles())],
  ["docker with containerd's store", () => archiveOf(ociFiles(true))],
])("what %s saved becomes an archive for all, with the image's id and where it came from", async (_, save) => {
  const file = await pack(await save());
  expect(await readArchive(file)).toMatchObject({
    ok: true,
    value: { id: digestBytes(CONFIG), labels: { "dev.fettle.environment": "toy" }, pinned: PINNED, hasDockerManifest: true },
  });
});

test("equal images give equal bytes", async () => {
  const [first, second] = [await pack(await dockerArchive()), await pack(await dockerArchive())];
  expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
});

test("a changed, a missing and a cut-off part is found", async () => {
  const files = ociFiles();
  const [layer = ""] = Object.keys(files).filter((path) => files[path] === "a packed layer");
  const { [layer]: _gone, ...without } = files;
  for (const broken of [{ ...files, [layer]: "another layer!" }, without]) {
    expect(await readArchive(await archiveOf(broken))).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^it is damaged: sha256:/),
    });
  }
  const whole = await pack(await archiveOf(files));
  const cut = join(scratchFolder("cut"), "cut.tar");
  writeFileSync(cut, readFileSync(whole).subarray(0, 3000));
  expect((await readArchive(cut)).ok).toBe(false);
});

test.each([
  ["no archive", async () => join(scratchFolder("none"), "none.tar"), /damaged \(ENOENT/],
  ["another file", () => archiveOf({ "model.onnx": "x" }), /no OCI archive/],
  ["several images", () => archiveOf({ ...ociFiles(), "index.json": twice(ociFiles()["index.json"] ?? "") }), /several images/],
])("%s is told as such", async (_, file, why) => {
  expect(await readArchive(await file())).toMatchObject({ ok: false, error: expect.stringMatching(why) });
});

function twice(index: string): string {
  const { manifests, ...rest } = JSON.parse(index) as { manifests: unknown[] };
  return JSON.stringify({ ...rest, manifests: [...manifests, ...manifests] });
}

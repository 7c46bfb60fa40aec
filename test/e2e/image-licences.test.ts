import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FAKE_BASE, fakeEngine } from "../rig/fake-engine.ts";
import { makeProject } from "../rig/project.ts";

interface Listed {
  readonly images: readonly { readonly name: string; readonly identity: string }[];
}

/** Fake podman has the images of these toolchains as Fettle would have built them here, with what their Containerfiles say of licences. */
async function machineWith(licences: Readonly<Record<string, string>>) {
  const engine = fakeEngine();
  const project = makeProject({ env: { ...engine.env, FETTLE_BASE_IMAGE: FAKE_BASE.names[0] ?? "" } });
  const { images } = JSON.parse((await project.run("images", "list", "--engine", "podman", "--json")).stdout) as Listed;
  const made = Object.entries(licences).map(([name, expression], index) => {
    const identity = images.find((each) => each.name === name)?.identity ?? "";
    return {
      id: `sha256:${String(index).repeat(64)}`,
      names: [`localhost/fettle/${name}:${identity.slice("sha256:".length, "sha256:".length + 16)}`],
      labels: { "dev.fettle.identity": identity, "org.opencontainers.image.licenses": expression },
    };
  });
  writeFileSync(join(engine.env.FAKE_ENGINE ?? "", "images.json"), JSON.stringify([FAKE_BASE, ...made]));
  return project;
}

test("whoever hands an image on is warned of a maker's own licence in it, by its name, and of no other", async () => {
  const project = await machineWith({
    "tensorrt-rtx": "LicenseRef-NVIDIA-TensorRT-RTX AND Apache-2.0 AND BSD-3-Clause",
    onnx: "Apache-2.0 AND MIT AND BSD-3-Clause",
  });
  const pushed = await project.run(
    "images",
    "push",
    "tensorrt-rtx",
    "onnx",
    "--to",
    "registry.example/team",
    "--engine",
    "podman",
    "--json",
  );
  expect(pushed.code).toBe(0);
  const warnings = pushed.stderr.split("\n").filter((line) => line.startsWith("warning"));
  expect(warnings).toEqual([
    expect.stringMatching(/image of tensorrt-rtx .*, LicenseRef-NVIDIA-TensorRT-RTX: it may not be yours to hand on/),
  ]);
  const { images } = JSON.parse(pushed.stdout) as { images: { name: string; licences?: string }[] };
  expect(images.map(({ name, licences }) => [name, licences])).toEqual([
    ["tensorrt-rtx", "LicenseRef-NVIDIA-TensorRT-RTX"],
    ["onnx", undefined],
  ]);
});

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineName } from "../../src/domain/command.ts";
import { type Engine, runEngine } from "../../src/executors/container/engine.ts";
import type { ConformanceFinding } from "../../src/report/conformance-view.ts";
import { NEVER } from "../rig/commands.ts";
import { BASE_IMAGE, enginesHere } from "../rig/engines.ts";
import { makeProject, type Project, reportOf, writeDigits } from "../rig/project.ts";
import { type Registry, startRegistry } from "../rig/registry.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

// The whole way of an image that Fettle neither makes nor hands on, as a user with Graphcore's would go it. What is in it here are
// stand-ins for PopART and PopRT: the numbers are ONNX Runtime's, and nothing of the SDK is shown.
const TARGETS = "{ ipu-mk2: { toolchains: [poplar], require: emulated } }";
const env = { FETTLE_BASE_IMAGE: BASE_IMAGE, ...(process.env.FETTLE_CA !== undefined && { FETTLE_CA: process.env.FETTLE_CA }) };

const [first] = await enginesHere();

let registry: Registry | null = null;
beforeAll(async () => {
  if (first !== undefined) registry = await startRegistry();
});
afterAll(() => registry?.stop());

if (first !== undefined) {
  const [name, engine] = first;
  test(`${name}: a toolchain in its maker's image is held to the kit, builds, and says that it was not verified`, async () => {
    const project = makeProject({ env });
    writeDigits(project, { targets: TARGETS });
    const image = await makersImage(project, engine);
    project.write("fettle.yaml", `project: 1\ncontainers:\n  images:\n    poplar: ${image}\n`);

    const checked = await project.run("toolchain", "check", "poplar", "--target", "ipu-mk2", "--executor", name, "--json");
    const { findings } = JSON.parse(checked.stdout) as { findings: ConformanceFinding[] };
    const notPassed = findings.filter(({ status }) => status !== "passed");
    expect(notPassed).toMatchObject([
      { check: "measures", status: "not-applicable", message: "run by Poplar's IPUModel: what is emulated is never measured" },
      { check: "takes-ranges", status: "not-applicable" },
    ]);
    expect(checked.code).toBe(0);
    expect(checked.stderr).toContain(`isolation: ${name}`);

    const built = await project.run("build", "digits.yaml", "--executor", name, "--json");
    expect(built.code).toBe(0);
    const [target] = reportOf(built).targets;
    expect(target).toMatchObject({ target: "ipu-mk2", status: "accepted", proof: "emulated" });
    expect(JSON.stringify(target?.candidates[0])).toContain("has not been verified against the Poplar SDK");
    const manifest = JSON.parse(project.read("dist/digits/ipu-mk2/manifest.json"));
    expect(manifest.made).toMatchObject({ isolation: name, image: { pinned: image } });
  });
}

/** An environment that Fettle made, with the stand-ins put in, as somebody else's image in a registry. */
async function makersImage(project: Project, engine: Engine): Promise<string> {
  const built = await project.run("images", "build", "onnxruntime", "--engine", engine.name, "--json");
  const [made] = (JSON.parse(built.stdout) as { images: { id: string }[] }).images;
  const folder = scratchFolder("image");
  cpSync(inRepository("test/python/stand_ins"), join(folder, "stand_ins"), { recursive: true });
  // As a maker's image says where its SDK is.
  const steps = [`FROM ${made?.id}`, "COPY stand_ins/ /opt/sdk/", "ENV PYTHONPATH=/opt/sdk"];
  writeFileSync(join(folder, "Containerfile"), `${steps.join("\n")}\n`);
  const there = `${registry?.address}/graphcore/stand-in`;
  await engineSays(engine, ["build", "--tag", `${there}:1`, "--file", join(folder, "Containerfile"), folder]);
  await engineSays(engine, ["push", ...plainHttp(engine.name), `${there}:1`]);
  await engineSays(engine, ["rmi", `${there}:1`]);
  return `${there}@${await registry?.digestOf("graphcore/stand-in", "1")}`;
}

async function engineSays(engine: Engine, words: readonly string[]): Promise<void> {
  const { code, output } = await runEngine(engine, words, { signal: NEVER });
  if (code !== 0) throw new Error(`${engine.name} ${words[0]} failed: ${output}`);
}

function plainHttp(name: EngineName): string[] {
  return name === "podman" ? ["--tls-verify=false"] : [];
}

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { digestBytes } from "../../src/domain/digest.ts";
import type { Ended } from "../rig/cli.ts";
import { BASE_IMAGE, enginesHere } from "../rig/engines.ts";
import { linkEnvironments, prepareEnvironments } from "../rig/prepared-home.ts";
import { makeProject, type Project, reportOf, writeDigits } from "../rig/project.ts";
import { scratchFolder } from "../rig/scratch.ts";

const TARGETS = `{
  cpu-x64: { toolchains: [onnxruntime, openvino, tvm], require: validated },
  cpu-arm64: { toolchains: [tvm], require: compiled },
}`;
const env = { FETTLE_BASE_IMAGE: BASE_IMAGE, ...(process.env.FETTLE_CA !== undefined && { FETTLE_CA: process.env.FETTLE_CA }) };

const engines = await enginesHere();

/** What a build says that must not depend on what ran its workers: everything but times and speed. */
function verdicts(ended: Ended) {
  return reportOf(ended).targets.map(({ target, status, reason, candidates }) => ({
    ...{ target, status, reason },
    candidates: candidates.map(({ id, verdict, agreement, facts, reason: why }) => ({
      ...{ id, verdict, agreement, why },
      executed: facts?.executedPrecision,
      placement: facts?.placement,
    })),
  }));
}

/** Digest of every published file but the manifest, which names what made it. */
function files(project: Project, out: string): Record<string, string> {
  const folder = join(project.path, out);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.filter(({ name }) => name !== "manifest.json").map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.sort().map((path) => [relative(folder, path), digestBytes(readFileSync(path))]));
}

test.runIf(engines.size > 0)(
  "the sandbox and every engine give the same verdicts and the same artifacts",
  { timeout: 1_200_000 },
  async () => {
    const environments = await prepareEnvironments(["onnx", "onnxruntime", "scripts", "openvino", "tvm"]);
    // A store for each: podman and docker would answer each other's steps.
    const build = async (executor: string) => {
      const home = join(scratchFolder("home"), "store");
      linkEnvironments(home, environments);
      const project = makeProject({ home, env });
      writeDigits(project, { targets: TARGETS });
      return { project, ended: await project.run("build", "digits.yaml", "--json", "--executor", executor) };
    };
    const sandbox = await build("sandbox");
    expect(sandbox.ended.code).toBe(0);
    for (const name of engines.keys()) {
      const { project, ended } = await build(name);
      expect(ended.code).toBe(0);
      expect(verdicts(ended)).toEqual(verdicts(sandbox.ended));
      expect(files(project, "dist")).toEqual(files(sandbox.project, "dist"));
      const manifest = JSON.parse(project.read("dist/digits/cpu-arm64/manifest.json"));
      expect(manifest.made).toMatchObject({ isolation: name, image: { id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) } });
    }
  },
);

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CandidateReport, RunReport } from "../../src/domain/report.ts";
import { fettle } from "../rig/cli.ts";
import { linkEnvironments, preparedStore, prepareEnvironments } from "../rig/prepared-home.ts";
import { sha256 } from "../rig/recipe-folder.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

// Real compilers on one model for a range of sizes: the digits, from one image to six at a time.
const ENVIRONMENTS = ["onnx", "onnxruntime", "openvino", "scripts", "tensorrt-rtx", "tvm"];
const RANGE = { axis: 0, name: "n", min: 1, opt: 3, max: 6 };

function recipe(): string {
  return `recipe: 1
name: batches
model:
  from: { path: digits/digits.onnx }
  sha256: ${sha256(readFileSync(inRepository("recipes/digits/digits.onnx")))}
  shapes: { image: [{ min: 1, opt: 3, max: 6 }, 1, 8, 8] }
data: { random: { inputs: { image: { uniform: [0, 1] } } }, calibration: 0, validation: 9 }
try: { precision: [float32, float16] }
targets:
  cpu-x64: { toolchains: [onnxruntime, openvino: { blob: true }, tvm], require: validated }
  rtx-ada: { toolchains: [tensorrt-rtx], require: compiled }
`;
}

test("one recipe, four compilers: two take the range on the CPU, one as a profile for a GPU, and the fourth is refused by name", async () => {
  const cwd = scratchFolder("ranges");
  await cp(inRepository("recipes/digits"), join(cwd, "digits"), { recursive: true });
  await writeFile(join(cwd, "batches.yaml"), recipe());
  const home = preparedStore("ranges");
  const environments = await prepareEnvironments(ENVIRONMENTS);
  linkEnvironments(home, environments);
  const ended = await fettle(["build", "batches.yaml", "--json"], { cwd, env: { FETTLE_HOME: home } });
  expect(ended.code, ended.stderr).toBe(0);
  const [cpu, rtx] = (JSON.parse(ended.stdout) as RunReport).targets;
  const candidate = (id: string): CandidateReport | undefined =>
    [cpu, rtx].flatMap((each) => each?.candidates ?? []).find((each) => each.id === id);

  for (const id of ["onnxruntime/float32", "openvino/float32"]) {
    expect(candidate(id)).toMatchObject({
      verdict: "accepted",
      reason: { code: "agrees" },
      agreement: { sizes: [{ input: "image", axis: 0, least: 1, greatest: 6 }] },
      speed: { at: { image: [3, 1, 8, 8] } },
    });
  }
  expect(candidate("openvino/float32")?.notes).toContain("the blob's outputs are bit-identical to the IR's");
  expect(cpu?.untried.find(({ id }) => id === "tvm/float32")?.why).toContain("axis 0 of `image` is to be 1 to 6: write one size there");

  const manifest = (target: string) => JSON.parse(readFileSync(join(cwd, "dist/batches", target, "manifest.json"), "utf8"));
  expect(manifest("rtx-ada")).toMatchObject({
    signature: { inputs: [{ name: "image", shape: [-1, 1, 8, 8], ranges: [RANGE] }] },
    made: {
      facts: {
        profile: {
          image: [
            [1, 1, 8, 8],
            [3, 1, 8, 8],
            [6, 1, 8, 8],
          ],
        },
      },
    },
  });
  expect(candidate("tensorrt-rtx/float16")).toMatchObject({ verdict: "accepted", declared: { precision: { float16: 1 } } });

  const winner = manifest("cpu-x64").toolchain.name as string;
  const python = join(environments[ENVIRONMENTS.indexOf(winner)] ?? "", "bin/python");
  const said = execFileSync(python, ["-B", join(cwd, "dist/batches/cpu-x64/load.py")], { encoding: "utf8" });
  expect(said.match(/logits float32 \(\d+, 10\)/g)).toEqual([1, 3, 6].map((size) => `logits float32 (${size}, 10)`));
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linkEnvironments, preparedStore, prepareEnvironments } from "../rig/prepared-home.ts";
import { makeProject, writeDigits } from "../rig/project.ts";

const TARGETS = `
  cpu-x64-native: { toolchains: [openvino], require: validated }
  cpu-arm64: { toolchains: [tvm], require: compiled }`;

/** A project with digits built by OpenVINO for this machine, and by TVM for another. */
async function built() {
  const home = preparedStore("examples");
  linkEnvironments(home, await prepareEnvironments(["onnx", "onnxruntime", "openvino", "scripts", "tvm"]));
  const project = makeProject({ home });
  writeDigits(project, { targets: TARGETS });
  expect(await project.run("build", "digits.yaml")).toMatchObject({ code: 0 });
  return project;
}

test("openvino placement: where and in which precision operations really ran", async () => {
  const project = await built();
  const shown = await project.run("openvino", "placement", "dist/digits/cpu-x64-native");
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toContain("openvino/float32 for cpu-x64-native");
  expect(shown.stdout).toMatch(/matrices .*3 Convolution in float32/);
  expect(shown.stdout).toMatch(/^ {2}float32 +100 % +100 %$/m);
  const document = JSON.parse((await project.run("openvino", "placement", "dist/digits/cpu-x64-native", "--json")).stdout);
  expect(document).toMatchObject({ schema: "fettle.openvino-placement/1", asked: "float32", executed: { precisionEvidence: "executed" } });
});

test("tvm kernels: the functions in the library, for another architecture too", async () => {
  const project = await built();
  const shown = await project.run("tvm", "kernels", "dist/digits/cpu-arm64");
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toContain("aarch64-linux-gnu");
  expect(shown.stdout).toMatch(/registers .*\d+ 4s/);
  const document = JSON.parse((await project.run("tvm", "kernels", "dist/digits/cpu-arm64", "--json")).stdout) as {
    machine: string;
    kernels: { name: string; bytes: number }[];
    codeBytes: number;
  };
  expect(document.machine).toBe("aarch64");
  expect(document.kernels.map(({ name }) => name)).toEqual(expect.arrayContaining([expect.stringContaining("conv")]));
  const sum = document.kernels.reduce((total, { bytes }) => total + bytes, 0);
  expect(sum).toBeGreaterThan(0.5 * document.codeBytes);
  expect(sum).toBeLessThanOrEqual(document.codeBytes);
});

test("another toolchain's artifact, no artifact, and a damaged library are told apart", async () => {
  const project = await built();
  const other = await project.run("openvino", "placement", "dist/digits/cpu-arm64");
  expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/was made by tvm, not by\s/) });
  expect(await project.run("tvm", "kernels", ".")).toMatchObject({ code: 2 });
  const library = join(project.path, "dist/digits/cpu-arm64/model.so");
  writeFileSync(library, "this is no library, but it is long enough to have a header of sixty-four bytes", { flag: "w" });
  expect(await project.run("tvm", "kernels", "dist/digits/cpu-arm64")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("is no shared library that TVM made"),
  });
});

import { expect, test } from "vitest";
import { makeProject, writeDigits } from "../rig/project.ts";

test("every fault at once, each with its place, what was expected and a suggestion; exit code 2", async () => {
  const project = makeProject();
  writeDigits(project);
  const text = project
    .read("digits.yaml")
    .replace("accept:", "acept:")
    .replace("cpu-x64-native", "cpu-x64-nativ")
    .replace("validation: 16", "validation: many");
  project.write("digits.yaml", text);
  const checked = await project.run("check", "digits.yaml");
  expect(checked.code).toBe(2);
  expect(checked.stdout).toBe("");
  expect(checked.stderr).toMatch(/digits\.yaml:\d+:\d+ error\[unknown-key\]/);
  expect(checked.stderr).toContain("accept");
  expect(checked.stderr).toMatch(/error\[unknown-target\]/);
  expect(checked.stderr).toContain("cpu-x64-native");
  expect(checked.stderr).toMatch(/error\[wrong-type\]/);
  expect((await project.run("build", "digits.yaml")).code).toBe(2);
});

test("--json gives the same diagnostics as one document on standard output", async () => {
  const project = makeProject();
  writeDigits(project, { targets: "{ cpu-arm64: { toolchains: [tvm], require: compiled } }" });
  project.write("digits.yaml", project.read("digits.yaml").replace("sha256: ", "sha256: 0"));
  const checked = await project.run("check", "digits.yaml", "--json");
  expect(checked.code).toBe(2);
  expect(JSON.parse(checked.stdout)).toMatchObject({ ok: false, diagnostics: [{ code: "invalid-value", severity: "error" }] });
});

test("a model that is another file than the recipe names is refused with both hashes", async () => {
  const project = makeProject();
  writeDigits(project);
  project.write("digits.yaml", project.read("digits.yaml").replace(/sha256: \w+/, `sha256: "${"0".repeat(64)}"`));
  const built = await project.run("build", "digits.yaml");
  expect(built.code).toBe(2);
  expect(built.stderr).toContain("error[model-hash-mismatch]");
  expect(built.stderr).toContain("0".repeat(64));
});

test("a recipe that is not there, and an unknown flag, are the user's to mend: exit code 2", async () => {
  const project = makeProject();
  expect((await project.run("build", "nothing.yaml")).code).toBe(2);
  expect((await project.run("build", "nothing.yaml", "--nonsense")).code).toBe(2);
  expect((await project.run("build", "nothing.yaml", "--timeout", "20")).stderr).toContain("20 min");
});

test("a bad plug-in is told where a recipe lacks a toolchain, and nowhere else", async () => {
  const project = makeProject();
  expect((await project.run("targets")).code).toBe(0);
  writeDigits(project, { targets: "{ cpu-arm64: { toolchains: [qnn], require: compiled } }" });
  const checked = await project.run("check", "digits.yaml");
  expect(checked.code).toBe(2);
  expect(checked.stderr).toContain("error[unknown-toolchain]");
});

import { expect, test } from "vitest";
import { writePlugin } from "../rig/plugins.ts";
import { makeProject, writeDigits } from "../rig/project.ts";
import { scratchFolder } from "../rig/scratch.ts";

const TVM = { targets: "{ cpu-arm64: { toolchains: [tvm], require: compiled } }" };

test("a sound recipe is said to be sound, for its targets", async () => {
  const project = makeProject();
  writeDigits(project, TVM);
  const checked = await project.run("check", "digits.yaml");
  expect(checked).toMatchObject({ code: 0, stdout: "digits.yaml: no faults. digits for cpu-arm64.\n", stderr: "" });
});

test("YAML that is none, and aliases that multiply, are faults with a place", async () => {
  const project = makeProject();
  project.write("broken.yaml", "recipe: 1\nmodel: { from: [\n");
  expect(await project.run("check", "broken.yaml")).toMatchObject({ code: 2, stderr: expect.stringContaining("error[yaml-syntax]") });
  const names = [..."abcdefghij"];
  const bomb = names.map((name, index) => `${name}: &${name} [${index === 0 ? "1" : `${`*${names[index - 1]}, `.repeat(10)}`}]`);
  project.write("bomb.yaml", `recipe: 1\n${bomb.join("\n")}\n`);
  expect(await project.run("check", "bomb.yaml")).toMatchObject({ code: 2, stderr: expect.stringContaining("error[yaml-alias-limit]") });
});

test.each([
  [["build", "digits.yaml", "--timeout", "20"], "20 min"],
  [["build", "digits.yaml", "--memory", "8"], "8 GB"],
  [["build", "digits.yaml", "--isolation", "chroot"], "bubblewrap"],
  [["build", "digits.yaml", "--jobs", "0"], "jobs"],
  [["build", "digits.yaml", "--fail-fast", "--keep-going"], "fail-fast"],
  [["build", "digits.yaml", "--target", "cpu-arm46"], "cpu-arm64"],
  [["build"], "recipe"],
  [["store", "prune", "--max-size", "lots"], "size"],
  [["bulid", "digits.yaml"], "bulid"],
])("a command line that is wrong: %j", async (args, said) => {
  const project = makeProject();
  writeDigits(project, TVM);
  const ended = await project.run(...args);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toContain(said);
});

test("a plan says what a build would do, and does nothing", async () => {
  const project = makeProject();
  writeDigits(project, TVM);
  const planned = await project.run("plan", "digits.yaml", "--json");
  expect(planned.code).toBe(0);
  const plan = JSON.parse(planned.stdout) as { steps: { id: string; state: string }[] };
  expect(plan).toMatchObject({ schema: "fettle.plan/1", recipe: "digits", totals: { steps: 7, hit: 0 } });
  const states = Object.fromEntries(plan.steps.map((step) => [step.id, step.state]));
  expect(states).toMatchObject({
    "fetch model": "miss",
    "prepare model": "depends",
    "compile cpu-arm64 tvm/float32": "depends",
    "publish cpu-arm64": "always",
  });
  const stat = JSON.parse((await project.run("store", "stat", "--json")).stdout);
  expect(stat).toMatchObject({ root: project.home, actions: 0, trees: 0, environments: 0 });
});

const BAD = {
  "fettle-plugin-throws": "export default async function () { throw new Error('licence server away'); }",
  "fettle-plugin-broken": "import 'a-package-that-is-not-there'; export default () => [];",
  "fettle-plugin-old": "export default async () => [{ apiVersion: 0, name: 'anvil' }];",
  "fettle-plugin-text": "export default async () => 'anvil';",
};

function projectWithBadPlugins() {
  const folder = scratchFolder("plugins");
  for (const [name, hook] of Object.entries(BAD)) writePlugin(`${folder}/${name}`, name, hook);
  const project = makeProject({ plugins: Object.fromEntries(Object.keys(BAD).map((name) => [name, `${folder}/${name}`])) });
  return project;
}

test("bad plug-ins do not matter to a recipe that needs none of them", async () => {
  const project = projectWithBadPlugins();
  writeDigits(project, TVM);
  expect(await project.run("check", "digits.yaml")).toMatchObject({ code: 0, stderr: "" });
});

test("where a toolchain is missing, each bad plug-in is named with what is wrong with it", async () => {
  const project = projectWithBadPlugins();
  writeDigits(project, { targets: "{ cpu-arm64: { toolchains: [anvil], require: compiled } }" });
  const { code, stderr } = await project.run("check", "digits.yaml");
  expect(code).toBe(2);
  expect(stderr).toContain("error[unknown-toolchain]");
  const said = stderr.replaceAll(/\s+/g, " ");
  expect(said).toContain("the plug-in fettle-plugin-throws could not be used: licence server away");
  expect(said).toContain("the plug-in fettle-plugin-broken could not be used: ");
  expect(said).toContain("a-package-that-is-not-there");
  expect(said).toContain("the plug-in fettle-plugin-old could not be used: it speaks toolchain API 0; this Fettle speaks 1");
  expect(said).toContain("the plug-in fettle-plugin-text could not be used: its `toolchains` hook did not return a list of toolchains");
});

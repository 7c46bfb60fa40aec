import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import type { FakeCommand } from "../rig/fake-toolchain.ts";
import { reportOf } from "../rig/project.ts";

const ARM = { targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" };
const FOLDER = "dist/digits/cpu-arm64";

async function published(command: FakeCommand = { do: "succeed" }) {
  const [project, fake] = await fakeDigits(ARM);
  fake?.always("compile", command);
  const built = await project.run("build", "digits.yaml");
  expect(built.code).toBe(0);
  const verify = async (...flags: string[]) => {
    const ended = await project.run("verify", FOLDER, "--json", ...flags);
    const document = JSON.parse(ended.stdout) as { ok: boolean; problems: { code: string; message: string }[] };
    return { code: ended.code, ...document };
  };
  return { project, fake, verify };
}

test("what is published is the artifact's files, a loader and a manifest that names every one of them", async () => {
  const { project, verify } = await published();
  const names = ["load.py", "made.txt", "manifest.json", "model.onnx", "proof", "signature.json"];
  expect(readdirSync(join(project.path, FOLDER)).sort()).toEqual(names);
  const manifest = JSON.parse(project.read(`${FOLDER}/manifest.json`));
  expect(manifest).toMatchObject({
    schema: "fettle.manifest/1",
    recipe: "digits",
    target: { name: "cpu-arm64", architecture: "aarch64" },
    candidate: "fake/float32",
    proof: "compiled",
  });
  // The machine that made it is nobody's business.
  expect(project.read(`${FOLDER}/manifest.json`)).not.toContain(project.home);
  expect(await verify()).toMatchObject({ code: 0, ok: true, problems: [] });
});

test("verify names a changed, a missing and a strange file", async () => {
  const { project, verify } = await published();
  project.write(`${FOLDER}/made.txt`, "mad");
  rmSync(join(project.path, FOLDER, "load.py"));
  project.write(`${FOLDER}/sub/extra.bin`, "x");
  const { code, problems } = await verify();
  expect(code).toBe(1);
  expect(problems).toEqual([
    { code: "missing-file", message: "load.py is missing." },
    { code: "changed-file", message: "made.txt is not the file the manifest names." },
    { code: "extra-file", message: "sub/extra.bin is not part of the artifact." },
  ]);
});

test.each([
  ["another architecture", { architecture: "aarch64" }, "architecture", "It is built for aarch64; this host is x86-64."],
  ["CPU features this host lacks", { cpuFeatures: ["sse2", "avx99"] }, "cpu-features", "It needs the CPU features avx99, which this host"],
  ["another version of the runtime", { packages: { pip: "0.0.1" } }, "package-version", "It was proven with pip 0.0.1; "],
] as const)("verify tells that this host cannot run it: %s", async (_, requires, code, message) => {
  const { verify } = await published({ do: "succeed", requires });
  expect(await verify()).toMatchObject({ code: 1, ok: false, problems: [{ code, message: expect.stringContaining(message) }] });
});

test("a folder that is none, and a manifest that is none, are said to be so", async () => {
  const { project, verify } = await published();
  project.write(`${FOLDER}/manifest.json`, "{ }");
  expect((await verify()).problems).toMatchObject([{ code: "bad-manifest" }]);
  rmSync(join(project.path, FOLDER, "manifest.json"));
  expect((await verify()).problems).toMatchObject([{ code: "no-manifest" }]);
});

test("a build that fails takes the artifact of the build before it away, and says where it is", async () => {
  const { project, fake } = await published();
  fake?.always("compile", { do: "raise", message: "no" });
  project.write("digits.yaml", project.read("digits.yaml").replace("[fake]", "[{ fake: { level: 2 } }]"));
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(3);
  expect(existsSync(join(project.path, FOLDER))).toBe(false);
  expect(existsSync(join(project.path, `${FOLDER}.previous/manifest.json`))).toBe(true);
  expect(reportOf(built).targets[0]?.notes).toEqual([`The artifact of an earlier build is now in ${FOLDER}.previous.`]);
});

test.each(["made.txt", "extra.txt"])("what was changed by hand in the output folder is put right by the next build: %s", async (file) => {
  const { project, verify } = await published();
  project.write(`${FOLDER}/${file}`, "mine");
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  expect(await verify()).toMatchObject({ ok: true });
  // What was made by hand is not lost: it is kept, with the artifact it lay beside.
  if (file === "extra.txt") expect(project.read(`${FOLDER}.kept/extra.txt`)).toBe("mine");
});

test("the store is looked after: stat counts, prune removes what is old, a build makes it again", async () => {
  const { project, fake } = await published();
  const stat = async () => JSON.parse((await project.run("store", "stat", "--json")).stdout);
  const { actions, trees } = await stat();
  expect(actions).toBeGreaterThanOrEqual(5);
  expect(trees).toBeGreaterThanOrEqual(5);
  const dry = await project.run("store", "prune", "--max-size", "1 kB", "--dry-run", "--json");
  expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, removedActions: actions });
  expect((await stat()).actions).toBe(actions);
  const pruned = await project.run("store", "prune", "--max-size", "1 kB", "--json");
  expect(pruned.code).toBe(0);
  expect(await stat()).toMatchObject({ actions: 0, trees: 0 });
  expect(fake?.count("compile")).toBe(1);
});

test("prune refuses while a build uses the store", async () => {
  const { project, fake } = await published();
  project.write("digits.yaml", project.read("digits.yaml").replace("[fake]", "[{ fake: { level: 2 } }]"));
  const called = fake?.next("compile");
  const running = project.start("build", "digits.yaml");
  const call = await called;
  const pruned = await project.run("store", "prune", "--older-than", "1 ms");
  expect(pruned.code).toBe(3);
  expect(pruned.stderr).toContain("store-in-use");
  call?.tell({ do: "succeed" });
  expect((await running.ended).code).toBe(0);
});

test("without a network and without environments, what is in the store still builds", async () => {
  const { project, fake } = await published();
  rmSync(join(project.home, "environments"), { recursive: true });
  for (const part of ["cache", "tools"]) rmSync(join(project.home, part), { force: true });
  Object.assign(project.variables, {
    PIP_CONFIG_FILE: "/dev/null",
    PIP_INDEX_URL: "http://127.0.0.1:9/simple",
    UV_DEFAULT_INDEX: "http://127.0.0.1:9/simple",
  });
  rmSync(join(project.path, "dist"), { recursive: true });
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  expect(fake?.count("compile")).toBe(1);
});

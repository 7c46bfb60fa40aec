import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ConformanceFinding } from "../../src/report/conformance-view.ts";
import { fettle } from "../rig/cli.ts";
import { linkEnvironments, preparedStore, prepareEnvironments } from "../rig/prepared-home.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

/** A user's folder with a new toolchain `anvil` in it, linked. Its lock is the onnxruntime worker's, which makes no environment of its own. */
async function newToolchain() {
  const home = preparedStore("scaffold");
  linkEnvironments(home, await prepareEnvironments(["onnx", "onnxruntime", "scripts"]));
  const cwd = scratchFolder("scaffold");
  const env = { FETTLE_HOME: home, FETTLE_DATA_DIR: join(cwd, "data") };
  const run = (...args: string[]) => fettle(args, { cwd, env });
  const made = await run("toolchain", "new", "anvil", "--title", "Anvil SDK", "--json");
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const folder = join(cwd, "fettle-plugin-anvil");
  expect(await run("plugins", "link", folder)).toMatchObject({ code: 0, stderr: "" });
  return { cwd, env, folder, run };
}

/** Changes the worker, holds the toolchain to the kit, and gives the checks that failed. */
async function failures(change: (worker: string) => string): Promise<ReadonlyMap<string, string>> {
  const { folder, run } = await newToolchain();
  const file = join(folder, "anvil/worker.py");
  const before = readFileSync(file, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
  const checked = await run("toolchain", "check", "anvil", "--target", "cpu-x64-native", "--json");
  expect(checked.code).toBe(1);
  const { findings } = JSON.parse(checked.stdout) as { findings: ConformanceFinding[] };
  return new Map(findings.filter(({ status }) => status === "failed").map(({ check, message }) => [check, message]));
}

test("what `toolchain new` writes conforms as it is, by the program and as its own tests", async () => {
  const { folder, run, env } = await newToolchain();
  const checked = await run("toolchain", "check", "anvil", "--target", "cpu-x64-native", "--precision", "float32", "--json");
  const { findings } = JSON.parse(checked.stdout) as { findings: ConformanceFinding[] };
  expect(findings.filter(({ status }) => status !== "passed")).toMatchObject([{ check: "takes-ranges", status: "not-applicable" }]);
  expect(checked.code).toBe(0);
  // As `npm install` would leave it.
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(inRepository("."), join(folder, "node_modules/fettle"));
  const output = execFileSync(process.execPath, ["--test"], {
    cwd: folder,
    env: { ...process.env, ...env, NODE_OPTIONS: "" },
    encoding: "utf8",
  });
  expect(output).toMatch(/pass 17\n/);
  expect(output).toMatch(/fail 0\n/);
});

test("what `toolchain new` writes can be packed, installed and built with", async () => {
  const { cwd, folder, run } = await newToolchain();
  const name = execFileSync("npm", ["pack", "--silent", "--pack-destination", cwd], { cwd: folder, encoding: "utf8" }).trim();
  const installed = JSON.parse((await run("plugins", "install", `./${name}`, "--json")).stdout) as { plugins: unknown[] };
  expect(installed.plugins).toMatchObject([
    { kind: "installed", toolchains: ["anvil"], targets: ["anvil-box"], commands: ["anvil inspect"] },
  ]);
  const recipe = readFileSync(inRepository("recipes/digits.yaml"), "utf8").replace(/^targets:[\s\S]*$/m, "");
  symlinkSync(inRepository("recipes/digits"), join(cwd, "digits"));
  writeFileSync(
    join(cwd, "digits.yaml"),
    `${recipe}targets:\n  cpu-x64-native: { toolchains: [anvil: { arena: false }], require: validated }\n`,
  );
  expect(await run("build", "digits.yaml")).toMatchObject({ code: 0 });
  const inspected = await run("anvil", "inspect", "dist/digits/cpu-x64-native", "--json");
  expect(JSON.parse(inspected.stdout)).toMatchObject({ packages: { onnxruntime: expect.any(String) } });
});

test("nothing that is there is overwritten, and a name must be one", async () => {
  const { run } = await newToolchain();
  expect(await run("toolchain", "new", "anvil")).toMatchObject({ code: 3, stderr: expect.stringContaining("is not empty") });
  expect(await run("toolchain", "new", "Anvil!")).toMatchObject({ code: 2, stderr: expect.stringContaining("no name for a toolchain") });
  const unknown = await run("toolchain", "check", "hammer", "--target", "cpu-x64-native");
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no toolchain hammer") });
});

test("the kit finds a worker that computes something else", async () => {
  const found = await failures((worker) =>
    worker.replace(
      "return outputs, functools.partial(session.run, outputs)",
      "return outputs, lambda inputs: [1.5 * value for value in session.run(outputs, inputs)]",
    ),
  );
  expect([...found.keys()]).toContain("agrees");
});

test("the kit finds a worker that ignores what it compiled", async () => {
  const found = await failures((worker) =>
    worker.replace(
      "return outputs, functools.partial(session.run, outputs)",
      "return outputs, lambda inputs: [0 * value for value in session.run(outputs, inputs)]",
    ),
  );
  expect([...found.keys()]).toContain("agrees");
});

test("the kit finds a worker that names no packages, and one that leaves a traceback in place of a reason", async () => {
  const found = await failures((worker) =>
    worker
      .replace('"packages": VERSIONS', '"packages": {}')
      .replace('raise explain_ort_error(error, "load the model") from error', "raise"),
  );
  expect([...found.keys()]).toEqual(["states", "refuses-operators", "refuses-garbage"]);
  expect(found.get("refuses-garbage")).toContain("the worker does not say what is wrong");
});

test("the kit finds a worker that leaves out a file it names", async () => {
  const found = await failures((worker) => worker.replace('"files": [MODEL]', '"files": [MODEL, "weights.bin"]'));
  expect(found.get("compiles")).toContain("weights.bin is not there");
});

test("without an environment for the worker that is said once, with the mend, and nothing else is blamed", async () => {
  const { run } = await newToolchain();
  const checked = await run("toolchain", "check", "poplar", "--target", "ipu-mk2", "--executor", "sandbox", "--json");
  const { findings } = JSON.parse(checked.stdout) as { findings: ConformanceFinding[] };
  expect(checked.code).toBe(1);
  const [failed, ...others] = findings.filter(({ status }) => status === "failed");
  expect(others).toEqual([]);
  expect(failed).toMatchObject({
    check: "probes",
    message: expect.stringContaining("containers: { images: { poplar: NAME@sha256:DIGEST } }"),
  });
  expect(findings.filter(({ status }) => status === "passed").map(({ check }) => check)).toEqual(["contract"]);
});

test("a compiler that tunes on a device that is not here is not tried, and says why", async () => {
  const { cwd, run } = await newToolchain();
  const file = join(cwd, "fettle-plugin-anvil/lib/toolchain.js");
  const text = readFileSync(file, "utf8");
  const tuned = text.replace("compileReadsHost:", "compileNeedsDevice: () => true,\n  compileReadsHost:");
  expect(tuned).not.toBe(text);
  writeFileSync(file, tuned.replace(/canCompile[\s\S]*?\n {2}},?\n/, "canCompile: () => ({ yes: true }),\n"));
  const checked = await run("toolchain", "check", "anvil", "--target", "cuda-ada", "--json");
  const { findings } = JSON.parse(checked.stdout) as { findings: ConformanceFinding[] };
  const idle = findings.filter(({ status }) => status === "not-applicable");
  expect(findings.filter(({ status }) => status === "passed").map(({ check }) => check)).toEqual(["contract", "probes"]);
  expect(new Set(idle.map(({ message }) => message))).toEqual(
    new Set(["it compiles on the device itself, and this host has no NVIDIA GPU sm_89"]),
  );
  expect(checked.code).toBe(0);
});

test("options that the toolchain does not take, or that are no mapping, are a wrong command line", async () => {
  const { run } = await newToolchain();
  const check = (options: string) => run("toolchain", "check", "tensorrt", "--target", "cuda-ada", "--options", options);
  expect(await check("{ tf33: true }")).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean `tf32`?") });
  expect(await check("[3")).toMatchObject({ code: 2, stderr: expect.stringContaining("is to be a YAML mapping") });
});

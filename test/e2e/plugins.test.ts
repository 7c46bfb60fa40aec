import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { PluginListing } from "../../src/report/plugins-view.ts";
import type { Ended } from "../rig/cli.ts";
import { packPlugin, writePackage } from "../rig/plugins.ts";
import { makeProject, type Project, writeDigits } from "../rig/project.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

const OCLIF = {
  hooks: { toolchains: { target: "./toolchains.js", identifier: "default" } },
  commands: { strategy: "explicit", target: "./commands.js", identifier: "COMMANDS" },
};
const toolchain = (changes = "") => `
import { TOOLCHAIN_API, z } from "fettle/plugin";
const anvil = {
  apiVersion: TOOLCHAIN_API, name: "anvil", title: "Anvil", directory: ${JSON.stringify(inRepository("containers/onnxruntime"))},
  mainPackage: "onnxruntime", options: z.strictObject({}),
  canCompile: () => ({ yes: true }), canRun: () => ({ yes: true }), compileReadsHost: () => false,
  compileOptions: () => ({}), runOptions: () => ({}), loader: () => "", ${changes}
};
export default async () => [anvil];
`;
const commands = (id = "anvil:strike") => `
import { Args, FettleCommand, jsonFlag } from "fettle/plugin";
class Strike extends FettleCommand {
  static summary = "Strike.";
  static args = { what: Args.string({ required: true }) };
  static flags = { json: jsonFlag };
  async run() {
    const { args, flags } = await this.parse(Strike);
    if (flags.json) this.printJson({ struck: args.what });
    else this.print("struck " + args.what);
  }
}
export const COMMANDS = { "${id}": Strike };
`;
const TARGET = `target: 1
title: The smith's own
architecture: x86-64
cpu: x86-64-v3
features: [avx2]
`;

/** A sound plug-in: a toolchain, a target and a command, and no dependencies. */
function anvil(files: Readonly<Record<string, string>> = {}, manifest: Readonly<Record<string, unknown>> = {}): string {
  const own = { oclif: OCLIF, fettle: { targets: "./targets" }, ...manifest };
  return writePackage(scratchFolder("anvil"), own, {
    "toolchains.js": toolchain(),
    "commands.js": commands(),
    "targets/smithy.yaml": TARGET,
    ...files,
  });
}

/** The user's own plug-ins beside the one that brings the fake toolchains to every project. */
function pluginsOf(ended: Ended): PluginListing[] {
  expect(ended.code).toBe(0);
  return (JSON.parse(ended.stdout) as { plugins: PluginListing[] }).plugins.filter(({ name }) => name !== "fettle-plugin-fake");
}

const dataOf = (project: Project) => project.variables.FETTLE_DATA_DIR ?? "";

describe("an installed plug-in", () => {
  /** A project without any network for npm, and the plug-in in it. */
  async function installed() {
    const project = makeProject();
    project.variables.npm_config_offline = "true";
    const archive = packPlugin(anvil(), project.path);
    return { project, archive, ended: await project.run("plugins", "install", archive, "--json") };
  }

  test("comes from an archive, offline, and is told with its integrity and what it brings", async () => {
    const { project, archive, ended } = await installed();
    const told = {
      name: "fettle-plugin-anvil",
      version: "1.0.0",
      kind: "installed",
      from: archive,
      integrity: expect.stringMatching(/^sha512-/),
      toolchains: ["anvil"],
      targets: ["smithy"],
      commands: ["anvil strike"],
      faults: [],
    };
    expect(pluginsOf(ended)).toEqual([expect.objectContaining(told)]);
    expect(pluginsOf(await project.run("plugins", "list", "--json"))).toEqual([expect.objectContaining(told)]);
  });

  test("has its toolchain, target and command as if built in", async () => {
    const { project } = await installed();
    writeDigits(project, { targets: "{ smithy: { toolchains: [anvil], require: compiled } }" });
    expect(await project.run("check", "digits.yaml")).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("for smithy") });
    expect(await project.run("anvil", "strike", "iron")).toMatchObject({ code: 0, stdout: "struck iron\n" });
    expect(JSON.parse((await project.run("anvil", "strike", "iron", "--json")).stdout)).toEqual({ struck: "iron" });
    expect((await project.run("toolchains")).stdout).toMatch(/^anvil .*fettle-plugin-anvil$/m);
    expect((await project.run("targets")).stdout).toContain("The smith's own");
  });

  test("is replaced by another version, and gone when it is removed", async () => {
    const { project } = await installed();
    const newer = packPlugin(anvil({}, { version: "1.1.0" }), project.path);
    expect(pluginsOf(await project.run("plugins", "install", newer, "--json"))).toMatchObject([{ version: "1.1.0" }]);
    expect(pluginsOf(await project.run("plugins", "list", "--json"))).toMatchObject([{ version: "1.1.0" }]);
    expect(await project.run("plugins", "uninstall", "fettle-plugin-anvil")).toMatchObject({ code: 0 });
    expect(pluginsOf(await project.run("plugins", "list", "--json"))).toEqual([]);
    expect(readdirSync(join(dataOf(project), "plugins"))).toEqual([]);
    expect(await project.run("anvil", "strike", "iron")).toMatchObject({ code: 2 });
    const again = await project.run("plugins", "uninstall", "fettle-plugin-anvil");
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no plug-in fettle-plugin-anvil") });
  });

  test("runs none of its package's scripts", async () => {
    const project = makeProject();
    const trace = join(project.path, "trace");
    const folder = anvil({}, { scripts: { install: `touch ${trace}`, postinstall: `touch ${trace}` } });
    expect(await project.run("plugins", "install", packPlugin(folder, project.path))).toMatchObject({ code: 0 });
    expect(existsSync(trace)).toBe(false);
  });

  test("is not taken in place of the archive that was named by its integrity", async () => {
    const project = makeProject();
    const archive = packPlugin(anvil(), project.path);
    const ended = await project.run("plugins", "install", archive, "--integrity", "sha512-AAAA");
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining("not sha512-AAAA") });
    expect(pluginsOf(await project.run("plugins", "list", "--json"))).toEqual([]);
    expect(readdirSync(join(dataOf(project), "plugins"))).toEqual([]);
  });
});

test("a linked plug-in is its folder: what changes there counts at once", async () => {
  const project = makeProject();
  const folder = anvil();
  expect(pluginsOf(await project.run("plugins", "link", folder, "--json"))).toMatchObject([
    { kind: "linked", folder, toolchains: ["anvil"] },
  ]);
  writeFileSync(join(folder, "commands.js"), commands("anvil:forge"));
  expect(await project.run("anvil", "forge", "iron")).toMatchObject({ code: 0, stdout: "struck iron\n" });
  expect(await project.run("plugins", "uninstall", "fettle-plugin-anvil")).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, "commands.js"))).toBe(true);
});

const BAD: Readonly<
  Record<string, { readonly files?: Record<string, string>; readonly manifest?: Record<string, unknown>; readonly said: string }>
> = {
  "throws at load": { files: { "toolchains.js": "throw new Error('licence server away');" }, said: "licence server away" },
  "throws in its hook": { files: { "toolchains.js": "export default () => { throw new Error('no forge'); };" }, said: "no forge" },
  "another API version": {
    files: { "toolchains.js": toolchain("apiVersion: 2,") },
    said: "it speaks toolchain API 2; this Fettle speaks 1",
  },
  "a toolchain's name that is taken": {
    files: { "toolchains.js": toolchain('name: "openvino",') },
    said: "its toolchain openvino has the name of one that fettle brings",
  },
  "a command's name that is taken": {
    files: { "commands.js": commands("build") },
    said: "its command build has the name of one that fettle brings",
  },
  "commands that throw at load": { files: { "commands.js": "throw new Error('no hammer');" }, said: "no hammer" },
  "a broken manifest": { files: { "oclif.manifest.json": "{" }, said: "oclif.manifest.json" },
  "no section for oclif": { manifest: { oclif: undefined }, said: "its package.json has no `oclif` section" },
  "no folder of targets": { manifest: { fettle: { targets: "./none" } }, said: "and there is none" },
};

describe.each(Object.entries(BAD))("a bad plug-in: %s", (_, { files = {}, manifest = {}, said }) => {
  test("is refused with the reason, and leaves nothing", async () => {
    const project = makeProject();
    const ended = await project.run("plugins", "install", packPlugin(anvil(files, manifest), project.path), "--json");
    expect(ended.code).toBe(3);
    const { diagnostics } = JSON.parse(ended.stdout) as { diagnostics: { code: string; message: string }[] };
    expect(diagnostics).toEqual([expect.objectContaining({ code: "plugin-failed", message: expect.stringContaining(said) })]);
    expect(pluginsOf(await project.run("plugins", "list", "--json"))).toEqual([]);
    expect(readdirSync(join(dataOf(project), "plugins"))).toEqual([]);
  });

  test("that went bad later is told where a recipe needs it, and nowhere else", async () => {
    const project = makeProject();
    const folder = anvil();
    expect(await project.run("plugins", "link", folder)).toMatchObject({ code: 0 });
    anvilInto(folder, files, manifest);
    writeDigits(project, { targets: "{ cpu-arm64: { toolchains: [tvm], require: compiled } }" });
    expect(await project.run("check", "digits.yaml")).toMatchObject({ code: 0, stderr: "" });
    writeDigits(project, { targets: "{ cpu-arm64: { toolchains: [hammer], require: compiled } }" });
    const needing = await project.run("check", "digits.yaml");
    const isTaken = said.startsWith("its command");
    expect(needing.code).toBe(2);
    if (!isTaken) expect(needing.stderr.replaceAll(/\s+/g, " ")).toContain(said);
    const [listed] = pluginsOf(await project.run("plugins", "list", "--json"));
    expect(listed?.faults.join(" ")).toContain(said);
  });
});

function anvilInto(folder: string, files: Readonly<Record<string, string>>, manifest: Readonly<Record<string, unknown>>): void {
  writePackage(folder, { oclif: OCLIF, fettle: { targets: "./targets" }, ...manifest }, files);
}

test("a toolchain that throws while it is asked refuses with what it threw, and the others go on", async () => {
  const project = makeProject();
  const throwing = "compileOptions: () => { throw new Error('the anvil is cold'); },";
  await project.run("plugins", "link", anvil({ "toolchains.js": toolchain(throwing) }));
  writeDigits(project, { targets: "{ cpu-arm64: { toolchains: [anvil, tvm], require: compiled } }" });
  const planned = await project.run("plan", "digits.yaml");
  expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining("compile cpu-arm64 tvm/float32") });
  expect(planned.stdout.replaceAll(/\s+/g, " ")).toContain("fettle-plugin-anvil threw in compileOptions: the anvil is cold");
});

test("a linked folder that is gone is told where a target is missing, and does not stop anything", async () => {
  const project = makeProject();
  const folder = anvil();
  await project.run("plugins", "link", folder);
  rmSync(folder, { recursive: true });
  writeDigits(project, { targets: "{ smithy: { toolchains: [tvm], require: compiled } }" });
  const ended = await project.run("check", "digits.yaml");
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("error[unknown-target]");
  expect(ended.stderr.replaceAll(/\s+/g, " ")).toContain("the plug-in fettle-plugin-anvil could not be used: there is no package in");
  expect(await project.run("targets")).toMatchObject({ code: 0, stderr: "" });
});

test("what npm cannot install is said with its reason", async () => {
  const project = makeProject();
  const ended = await project.run("plugins", "install", "./not-there.tgz");
  expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining("npm could not install ./not-there.tgz") });
  expect(await project.run("plugins", "link", project.path)).toMatchObject({ code: 2, stderr: expect.stringContaining("no package.json") });
});

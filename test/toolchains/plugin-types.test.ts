import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { fettle } from "../rig/cli.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

const OPTIONS = { module: "nodenext", target: "es2024", strict: true, skipLibCheck: false, noEmit: true, types: ["node"] };

const TOOLCHAIN = `import { fileURLToPath } from "node:url";
import { loaderText, TOOLCHAIN_API, type Toolchain, z } from "fettle/plugin";
import type { Toolchain as Contract } from "fettle/toolchain";

export const toolchain: Toolchain = {
  apiVersion: TOOLCHAIN_API,
  name: "anvil",
  title: "Anvil SDK",
  directory: fileURLToPath(new URL("../anvil", import.meta.url)),
  mainPackage: "onnxruntime",
  options: z.strictObject({ arena: z.boolean().default(true) }),
  canCompile: ({ target, precision }) =>
    target.device === "cpu" && precision === "float32" ? { yes: true } : { yes: false, why: "it makes float32 for CPUs only" },
  canRun: () => ({ yes: true }),
  compileReadsHost: () => false,
  compileOptions: () => ({}),
  runOptions: ({ options }) => options,
  loader: ({ facts, signature }) =>
    loaderText({ title: "Anvil", install: \`pip install \${facts.versions["anvil"]}\`, imports: "import anvil", body: "" }, signature),
};
export const same: Contract = toolchain;
// @ts-expect-error a name is a text
export const wrong: Toolchain = { ...toolchain, name: 1 };
`;

const COMMAND = `import { Args, EXIT, FettleCommand, jsonFlag } from "fettle/plugin";

export class Inspect extends FettleCommand {
  static override summary = "Show what an artifact needs.";
  static override args = { directory: Args.string({ description: "the artifact's folder", required: true }) };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Inspect);
    const json: boolean = flags.json;
    if (json) return this.printJson({ folder: args.directory });
    // @ts-expect-error the argument is a text
    const number: number = args.directory;
    this.print(String(number));
    this.exit(EXIT.usage);
  }
}
`;

const TEST = `import { test } from "node:test";
import { type Finding, checkToolchain, conformanceTests, findTarget } from "fettle/testing";
import { toolchain } from "../lib/toolchain.js";

conformanceTests(test, async () => ({ toolchain, target: await findTarget("cpu-x64-native"), precision: "float32" }));
export const findings: Promise<readonly Finding[]> = findTarget("cpu-x64").then((target) =>
  checkToolchain({ toolchain, target, precision: "float32" }),
);
`;

/** A folder with Fettle as npm leaves it, what it depends on, and nothing else but what an author of TypeScript has. */
function author(): string {
  const folder = scratchFolder("author");
  const archive = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: inRepository("."), encoding: "utf8" });
  const installed = join(folder, "node_modules/fettle");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", join(folder, archive.trim().split("\n").at(-1) ?? ""), "--strip-components=1", "-C", installed]);
  for (const name of ["zod", "@types/node", "undici-types"]) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(inRepository(`node_modules/${name}`), join(folder, "node_modules", name));
  }
  return folder;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** What the compiler says of a folder's `lib` and `test`. */
function faults(folder: string, options: object): string {
  write(folder, { "tsconfig.json": JSON.stringify({ compilerOptions: { ...OPTIONS, ...options }, include: ["lib", "test"] }) });
  const checked = spawnSync(process.execPath, [inRepository("node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" });
  return checked.stdout + checked.stderr;
}

test("a plug-in in TypeScript, and a new one in JavaScript, are checked against the packed Fettle's types alone", async () => {
  const folder = author();
  const own = join(folder, "fettle-plugin-own");
  write(own, {
    "package.json": '{ "name": "fettle-plugin-own", "type": "module" }',
    "lib/toolchain.ts": TOOLCHAIN,
    "lib/inspect.ts": COMMAND,
    "test/conformance.test.ts": TEST,
  });
  expect(faults(own, { exactOptionalPropertyTypes: true })).toBe("");
  expect(await fettle(["toolchain", "new", "anvil"], { cwd: folder })).toMatchObject({ code: 0 });
  expect(faults(join(folder, "fettle-plugin-anvil"), { allowJs: true, checkJs: true })).toBe("");
  // Declarations of what an author cannot use do not travel.
  expect(readdirSync(join(folder, "node_modules/fettle/lib/types")).sort()).not.toContain("commands");
});

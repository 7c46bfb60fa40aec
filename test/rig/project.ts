import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { digestBytes, digestHex } from "../../src/domain/digest.ts";
import type { RunReport } from "../../src/domain/report.ts";
import { type Ended, fettle, type RunningFettle, startFettle } from "./cli.ts";
import { type FakeToolchain, fakePluginVariables } from "./fake-toolchain.ts";
import { FAKE_PLUGIN, installPlugins } from "./plugins.ts";
import { inRepository } from "./repository.ts";
import { scratchFolder } from "./scratch.ts";

const DIGITS = inRepository("recipes/digits");

/** A user's folder with recipes in it, and that user's store. */
export interface Project {
  readonly path: string;
  /** The store: FETTLE_HOME. */
  readonly home: string;
  /** More variables of the user's environment. */
  readonly variables: Record<string, string>;
  write(file: string, content: string | Uint8Array): void;
  read(file: string): string;
  run(...args: string[]): Promise<Ended>;
  /** A build that tells its events. */
  start(...args: string[]): RunningFettle;
}

export interface ProjectOptions {
  readonly toolchains?: readonly FakeToolchain[];
  readonly home?: string;
  /** Plug-ins beside the one that brings the fake toolchains: name -> folder. */
  readonly plugins?: Readonly<Record<string, string>>;
  /** Variables of the user's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export function makeProject({ toolchains = [], home, plugins = {}, env = {} }: ProjectOptions = {}): Project {
  const path = scratchFolder("project");
  const store = home ?? join(scratchFolder("home"), "store");
  const data = join(scratchFolder("data"), "data");
  installPlugins(data, { "fettle-plugin-fake": FAKE_PLUGIN, ...plugins });
  const variables: Record<string, string> = { FETTLE_HOME: store, FETTLE_DATA_DIR: data, ...fakePluginVariables(toolchains), ...env };
  return {
    ...{ path, home: store, variables },
    write(file, content) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
    },
    read: (file) => readFileSync(join(path, file), "utf8"),
    run: (...args) => fettle(args, { cwd: path, env: variables }),
    start: (...args) => startFettle(args, { cwd: path, env: variables, events: true }),
  };
}

/** The document of `--json`. */
export function reportOf({ stdout }: Ended): RunReport {
  return JSON.parse(stdout) as RunReport;
}

export interface DigitsRecipe {
  readonly targets?: string;
  readonly precision?: string;
  readonly accept?: string;
  readonly name?: string;
  readonly validation?: number;
  /** The sizes of the input, whose first is the number of images; [1, 1, 8, 8] unless given. */
  readonly shape?: string;
  /** What takes the place of the digits' own data script. */
  readonly data?: string;
}

/** Puts the digits model, its data and its metric into a project, with a recipe that is small enough to be built in every test. */
export function writeDigits(project: Project, recipe: DigitsRecipe = {}): void {
  cpSync(DIGITS, join(project.path, "digits"), { recursive: true, filter: (path) => !/training|__pycache__/.test(path) });
  writeDigitsRecipe(project, recipe);
}

/** Writes the recipe anew, with the model's hash as it is now. */
export function writeDigitsRecipe(project: Project, recipe: DigitsRecipe = {}): void {
  const { targets = "{ cpu-x64-native: { toolchains: [fake], require: validated } }", precision = "[float32]" } = recipe;
  const model = readFileSync(join(project.path, "digits/digits.onnx"));
  project.write(
    "digits.yaml",
    `recipe: 1
name: ${recipe.name ?? "digits"}
model:
  from: { path: digits/digits.onnx }
  sha256: ${digestHex(digestBytes(model))}
  shapes: { image: ${recipe.shape ?? "[1, 1, 8, 8]"} }
data:
  ${recipe.data ?? "script: digits/data.py"}
  calibration: 4
  validation: ${recipe.validation ?? 16}
try:
  precision: ${precision}
accept: ${recipe.accept ?? "{ outputs: auto }"}
targets: ${targets}
`,
  );
}

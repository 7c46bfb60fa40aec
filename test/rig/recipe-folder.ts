import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Diagnostic } from "../../src/domain/diagnostic.ts";
import type { Host } from "../../src/domain/host.ts";
import type { Result } from "../../src/domain/result.ts";
import { TOOLCHAIN_API, type Toolchain } from "../../src/domain/toolchain.ts";
import { type LoadOptions, loadRecipe } from "../../src/recipe/load-recipe.ts";
import type { LoadedRecipe } from "../../src/recipe/loaded-recipe.ts";
import { loadTargets } from "../../src/recipe/targets/load-targets.ts";
import { countText, formatDiagnostics } from "../../src/report/diagnostics.ts";
import { createTheme } from "../../src/report/theme.ts";

const plain = createTheme({ colour: false, unicode: true, width: 120 });

/** A machine that does not exist, so that no test depends on the one it runs on. */
export const HOST: Host = {
  architecture: "x86-64",
  cpuModel: "Rig 1",
  cores: 2,
  cpuFeatures: ["avx", "avx2", "sse2"],
  cpuLevel: "x86-64-v2",
  memoryBytes: 2 ** 30,
  kernel: "6.1",
  accelerators: [],
  acceleratorNotes: [],
  emulators: [],
};

/** A toolchain of the tests' own that makes float32 and int8 for anything. */
export function toyToolchain(name: string, over: Partial<Toolchain> = {}): Toolchain {
  return {
    apiVersion: TOOLCHAIN_API,
    name,
    title: name,
    directory: "/nowhere",
    mainPackage: name,
    options: z.strictObject({ level: z.enum(["low", "high"]).default("low"), blob: z.boolean().default(false) }),
    canCompile: ({ precision }) =>
      precision === "float32" || precision === "int8" ? { yes: true } : { yes: false, why: `${precision} is not for ${name}` },
    canRun: () => ({ yes: true }),
    compileReadsHost: () => false,
    compileOptions: () => ({}),
    runOptions: () => ({}),
    loader: () => "",
    ...over,
  };
}

export interface RecipeFolder {
  readonly path: string;
  write(file: string, content: string | Uint8Array): Promise<string>;
  load(text: string, over?: Partial<LoadOptions>): Promise<Result<LoadedRecipe, readonly Diagnostic[]>>;
  /** What a user reads who checks this recipe, with the folder's own path written `<folder>`. */
  check(text: string, over?: Partial<LoadOptions>): Promise<string>;
}

/** A folder of its own with a recipe in it, removed after the test. */
export async function recipeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<RecipeFolder> {
  const path = await mkdtemp(join(tmpdir(), "fettle-recipe-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const write = async (file: string, content: string | Uint8Array): Promise<string> => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), content);
    return join(path, file);
  };
  for (const [file, content] of Object.entries(files)) await write(file, content);
  const load: RecipeFolder["load"] = async (text, over) => {
    await write("recipe.yaml", text);
    const { targets, faults } = await loadTargets({ host: HOST, recipeFile: "recipe.yaml", cwd: path });
    const toolchains = [toyToolchain("anvil"), toyToolchain("bellows")];
    return loadRecipe("recipe.yaml", { toolchains, targets, targetFaults: faults, cwd: path, ...over });
  };
  const check: RecipeFolder["check"] = async (text, over) => {
    const result = await load(text, over);
    const diagnostics = result.ok ? result.value.warnings : result.error;
    const drawn = formatDiagnostics(diagnostics, plain).replaceAll(path, "<folder>");
    return `${drawn === "" ? "" : `${drawn}\n\n`}${countText(diagnostics)}\n`;
  };
  return { path, write, load, check };
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

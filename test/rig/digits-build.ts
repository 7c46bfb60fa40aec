import { join } from "node:path";
import { FakeToolchain } from "./fake-toolchain.ts";
import { copyStore, linkEnvironments, preparedStore, prepareEnvironments } from "./prepared-home.ts";
import { type DigitsRecipe, makeProject, type Project, writeDigits } from "./project.ts";
import { scratchFolder } from "./scratch.ts";

const ENVIRONMENTS = ["onnx", "onnxruntime", "scripts"] as const;

/**
 * A project of the digits with fake toolchains, and a store that already has what comes before them (model, data, reference): a test pays for the
 * steps it is about.
 */
export async function fakeDigits(recipe: DigitsRecipe = {}, names: readonly string[] = ["fake"]): Promise<[Project, ...FakeToolchain[]]> {
  const toolchains = names.map((name) => new FakeToolchain(name, ["float32", "bfloat16"]));
  await Promise.all(toolchains.map((toolchain) => toolchain.listen()));
  const home = join(scratchFolder("home"), "store");
  copyStore(await digitsStore(), home);
  const project = makeProject({ toolchains, home });
  writeDigits(project, recipe);
  return [project, ...toolchains];
}

let filled: Promise<string> | null = null;

/** A store with the digits' shared steps; it is a store like any other, so what changed since it was filled is made anew. */
export function digitsStore(): Promise<string> {
  filled ??= fillStore();
  return filled;
}

async function fillStore(): Promise<string> {
  const home = preparedStore("digits");
  linkEnvironments(home, await prepareEnvironments(ENVIRONMENTS));
  const fake = new FakeToolchain("first");
  await fake.listen();
  const project = makeProject({ toolchains: [fake], home });
  // For another architecture: compiled, not run, so nothing is measured here.
  writeDigits(project, { targets: "{ cpu-arm64: { toolchains: [first], require: compiled } }" });
  const built = await project.run("build", "digits.yaml");
  if (built.code !== 0) throw new Error(`the digits could not be built: ${built.stdout}${built.stderr}`);
  return home;
}

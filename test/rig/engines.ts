import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINE_NAMES, type EngineName } from "../../src/domain/command.ts";
import { digestBytes } from "../../src/domain/digest.ts";
import type { EnvironmentHandle } from "../../src/domain/environment.ts";
import { detectEngine, type Engine, runEngine } from "../../src/executors/container/engine.ts";
import { NEVER } from "./commands.ts";

/** Image that test images are built from: Debian with Python, in both engines' stores (`containers/images` makes it). */
export const BASE_IMAGE = process.env.FETTLE_BASE_IMAGE ?? "localhost/fettle-base:1";

/** Engines that must be here: where one is named and does not answer, its tests fail. Without it, what is here is tested. */
const REQUIRED = (process.env.FETTLE_TEST_ENGINES ?? "").split(" ").filter(Boolean);

/** The engines to test; one that is not here is said loudly, or fails where FETTLE_TEST_ENGINES names it. */
export async function enginesHere(): Promise<ReadonlyMap<EngineName, Engine>> {
  const here = new Map<EngineName, Engine>();
  for (const name of ENGINE_NAMES) {
    const engine = await detectEngine(name, { env: process.env, signal: NEVER });
    if (engine.ok) here.set(name, engine.value);
    else if (REQUIRED.includes(name)) throw new Error(`${name} is to be tested: ${engine.error.message} ${engine.error.keyLine ?? ""}`);
    else process.stderr.write(`\nNOT RUN: all that needs ${name}. ${engine.error.message}\n`);
  }
  return here;
}

/** An environment that is no more than the base image's Python, in an image of its own. */
export async function bareImage(engine: Engine): Promise<EnvironmentHandle> {
  const folder = mkdtempSync(join(tmpdir(), "fettle-image-"));
  const root = "/opt/fettle/venv";
  writeFileSync(join(folder, "Containerfile"), `FROM ${BASE_IMAGE}\nRUN python3 -m venv --without-pip ${root}\n`);
  const tag = "localhost/fettle-test-bare:1";
  const built = await runEngine(engine, ["build", "--tag", tag, "--file", join(folder, "Containerfile"), folder], { signal: NEVER });
  rmSync(folder, { recursive: true });
  const id = await runEngine(engine, ["image", "inspect", "--format", "{{.Id}}", tag], { signal: NEVER });
  if (built.code !== 0 || id.code !== 0) throw new Error(`the test image could not be built: ${built.output} ${id.output}`);
  const digest = id.stdout.trim().replace(/^(?!sha256:)/, "sha256:");
  return { name: "bare", digest: digestBytes(digest), python: null, root, image: { id: digest, pinned: null } };
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { ENGINE_NAMES, type EngineName } from "../../src/domain/command.ts";
import { digestBytes } from "../../src/domain/digest.ts";
import type { EnvironmentHandle } from "../../src/domain/environment.ts";
import { detectEngine, type Engine, runEngine } from "../../src/executors/container/engine.ts";
import { NEVER } from "./commands.ts";

/** Image that test images are built from: Debian with Python, in both engines' stores (`containers/images` makes it). */
export const BASE_IMAGE = process.env.FETTLE_BASE_IMAGE ?? "localhost/fettle-base:1";

/** Engines that must be here: where one is named and does not answer, its tests fail. Without it, what is here is tested. */
const REQUIRED = (process.env.FETTLE_TEST_ENGINES ?? "").split(" ").filter(Boolean);

/**
 * The engines to test. One that is not here, or has no base image, is said loudly and leaves a skipped test in the file that asks, or fails it
 * where FETTLE_TEST_ENGINES names the engine.
 */
export async function enginesHere(): Promise<ReadonlyMap<EngineName, Engine>> {
  const here = new Map<EngineName, Engine>();
  for (const name of ENGINE_NAMES) {
    const engine = await detectEngine(name, { env: process.env, signal: NEVER });
    const why = engine.ok ? await whyNoBase(engine.value) : engine.error.message;
    if (engine.ok && why === null) here.set(name, engine.value);
    else if (REQUIRED.includes(name)) throw new Error(`${name} is to be tested: ${why}`);
    else notRun(name, why ?? "");
  }
  return here;
}

function notRun(name: EngineName, why: string): void {
  process.stderr.write(`\nNOT RUN: all that needs ${name}. ${why}\n`);
  // A file in which nothing is left to run would fail.
  test.skip(`all that needs ${name}: not run. ${why}`);
}

async function whyNoBase(engine: Engine): Promise<string | null> {
  const found = await runEngine(engine, ["image", "inspect", BASE_IMAGE], { signal: NEVER });
  if (found.code === 0) return null;
  return `It has no base image ${BASE_IMAGE}: \`containers/images/make-base.sh ${engine.name}\` makes it.`;
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

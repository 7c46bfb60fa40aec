import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { Child } from "./child.ts";
import { fakeEngine } from "./fake-engine.ts";
import { toyToolchain } from "./image-environments.ts";
import { scratchFolder } from "./scratch.ts";

/** A fake engine whose builds wait until the gate is opened, once and for all; children inherit it. */
export function gatedBuild(env: Readonly<Record<string, string>> = {}) {
  const pipe = join(scratchFolder("gate"), "gate");
  execFileSync("mkfifo", [pipe]);
  const fake = fakeEngine({ env: { ...env, FAKE_ENGINE_GATE: pipe } });
  for (const [variable, value] of Object.entries(fake.env)) vi.stubEnv(variable, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const waitFor = (word: string) =>
    vi.waitUntil(() => fake.calls().some((call) => call.includes(` ${word} `)), { timeout: 20_000, interval: 20 });
  // Read and write: opening does not wait for the other side, and what is written stays in the pipe for whoever comes.
  const descriptor = openSync(pipe, "r+");
  onTestFinished(() => closeSync(descriptor));
  const open = () => writeFileSync(descriptor, "open");
  return { fake, spec: toyToolchain(), root: join(scratchFolder("store"), "store"), open, waitFor };
}

/** What a child says last. */
export async function lastLine(child: Child): Promise<string | null> {
  let last: string | null = null;
  for (let line = await child.line(); line !== null; line = await child.line()) last = line;
  return last;
}

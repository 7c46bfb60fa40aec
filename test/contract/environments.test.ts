import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createEnvironments } from "../../src/executors/environments/create-environments.ts";
import { startChild } from "../rig/child.ts";
import { NEVER } from "../rig/commands.ts";
import { scratchFolder } from "../rig/scratch.ts";
import { environmentsContract } from "./suites/environments.ts";

const PROGRAMS = fileURLToPath(new URL("../fixtures/programs", import.meta.url));
const LOCK = "toy==1.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000\n";

/** The machine's environment with the fake uv first on PATH, and what its calls are written to. */
function withFakeUv(changes: Record<string, string> = {}): { env: Record<string, string>; calls: string } {
  const calls = join(scratchFolder("calls"), "calls");
  writeFileSync(calls, "");
  const env = { PATH: `${PROGRAMS}${delimiter}${process.env.PATH ?? ""}`, HOME: process.env.HOME ?? "/", FAKE_UV_LOG: calls, ...changes };
  return { env, calls };
}

function lockFileOf(text: string): string {
  const path = join(scratchFolder("lock"), "requirements.lock");
  writeFileSync(path, text);
  return path;
}

describe("with a uv on PATH", () =>
  environmentsContract({ make: (root) => createEnvironments({ root, env: withFakeUv().env }), lockText: LOCK }));

test("the user's pip settings reach uv, and it may not fetch a Python", async () => {
  const root = scratchFolder("store");
  const { env, calls } = withFakeUv({ PIP_INDEX_URL: "https://mirror.example/simple" });
  await createEnvironments({ root, env }).ensure({ name: "toy", lock: lockFileOf(LOCK) }, { signal: NEVER });
  expect(readFileSync(calls, "utf8")).toBe(
    `venv\nsync index=https://mirror.example/simple cache=${join(root, "cache/uv")} downloads=never certs=1\n`,
  );
});

test("why it could not be made is told, with the installer's line, a hint and the log; nothing half-made counts", async () => {
  const root = scratchFolder("store");
  const { env } = withFakeUv({
    FAKE_UV_FAILURE: "error: Failed to fetch: `https://mirror.example/simple/toy/`\\n  Caused by: invalid peer certificate: UnknownIssuer",
  });
  const spec = { name: "openvino", lock: lockFileOf(LOCK) };
  const made = await createEnvironments({ root, env }).ensure(spec, { signal: NEVER });
  expect(made).toEqual({
    ok: false,
    error: {
      reason: "environment-unavailable",
      message: "The environment openvino could not be made: the package index's TLS certificate is not trusted.",
      hint: "Name your certificate authority: set SSL_CERT_FILE, or pip's `cert`, to its PEM file.",
      keyLine: "Caused by: invalid peer certificate: UnknownIssuer",
      log: expect.stringContaining(join(root, "logs")),
    },
  });
  if (made.ok) return;
  expect(readFileSync(made.error.log ?? "", "utf8")).toContain("UnknownIssuer");
  expect(await createEnvironments({ root, env: withFakeUv().env }).ensure(spec, { signal: NEVER })).toMatchObject({ ok: true });
});

test("several processes make one environment once; the others are told that they wait", async () => {
  const root = scratchFolder("store");
  const lock = lockFileOf(LOCK);
  const { calls, gate } = gatedUv();
  const first = startChild("environment-child.ts", [root, lock]);
  await untilCalled(calls, "sync");
  const second = startChild("environment-child.ts", [root, lock]);
  expect(await second.line()).toBe("progress waiting for another process that makes it");
  gate.open();
  expect(await lastLine(first)).toMatch(/^made /);
  expect(await lastLine(second)).toMatch(/^made /);
  expect(readFileSync(calls, "utf8").match(/sync/g)).toHaveLength(1);
});

test("an environment whose maker was killed is made anew, and not beside the installer that outlived it", async () => {
  const root = scratchFolder("store");
  const lock = lockFileOf(LOCK);
  const { calls, gate } = gatedUv();
  const killed = startChild("environment-child.ts", [root, lock]);
  await untilCalled(calls, "sync");
  killed.kill("SIGKILL");
  await killed.ended;
  const next = startChild("environment-child.ts", [root, lock]);
  expect(await next.line()).toBe("progress waiting for another process that makes it");
  gate.open();
  expect(await lastLine(next)).toMatch(/^made /);
  expect(readFileSync(calls, "utf8").match(/sync/g)).toHaveLength(2);
});

/** A fake uv that waits in `pip sync` until the gate is opened, once and for all. */
function gatedUv(): { calls: string; gate: { open(): void } } {
  const pipe = join(scratchFolder("gate"), "gate");
  execFileSync("mkfifo", [pipe]);
  const { env, calls } = withFakeUv({ FAKE_UV_GATE: pipe });
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  // Read and write: opening does not wait for the other side, and lines stay in the pipe for whoever comes.
  const descriptor = openSync(pipe, "r+");
  onTestFinished(() => closeSync(descriptor));
  return { calls, gate: { open: () => writeFileSync(descriptor, "\n\n\n\n") } };
}

async function untilCalled(calls: string, word: string): Promise<void> {
  await vi.waitUntil(() => existsSync(calls) && readFileSync(calls, "utf8").includes(word), { timeout: 20_000, interval: 20 });
}

async function lastLine(child: { line(): Promise<string | null> }): Promise<string | null> {
  let last: string | null = null;
  for (let line = await child.line(); line !== null; line = await child.line()) last = line;
  return last;
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { EnvironmentHandle } from "../../src/domain/environment.ts";
import { ContainerExecutor } from "../../src/executors/container/container-executor.ts";
import { detectEngine, type Engine } from "../../src/executors/container/engine.ts";
import { removeFolder } from "../../src/system/remove-folder.ts";
import { command, NEVER } from "../rig/commands.ts";
import { bareImage, enginesHere } from "../rig/engines.ts";
import { isRunning } from "../rig/processes.ts";
import { inRepository } from "../rig/repository.ts";

const shared = (await enginesHere()).get("docker");

describe.runIf(shared !== undefined)("a daemon that is killed under a running command", () => {
  const state = mkdtempSync(join(tmpdir(), "fettle-daemon-"));
  const env = { ...process.env, FETTLE_ENGINES: state, DOCKER_HOST: `unix://${join(state, "docker.sock")}` };
  let environment: EnvironmentHandle;
  let engine: Engine;

  beforeAll(async () => {
    if (shared === undefined) return;
    environment = await bareImage(shared);
    startDaemon(env);
    const image = environment.image?.id ?? "";
    execFileSync("sh", ["-c", `DOCKER_HOST=${process.env.DOCKER_HOST ?? ""} docker save ${image} | docker load`], { env, stdio: "ignore" });
    const detected = await detectEngine("docker", { env, signal: NEVER });
    if (!detected.ok) throw new Error(detected.error.message);
    engine = detected.value;
  });
  afterAll(async () => {
    execFileSync(inRepository("containers/images/setup-engines.sh"), ["--stop"], { env, stdio: "ignore" });
    // A daemon that was killed leaves the file systems of its containers mounted.
    execFileSync("sh", ["-c", `awk '$2 ~ "^${state}/" {print $2}' /proc/mounts | xargs -r umount --lazy`]);
    await removeFolder(state);
  });

  test("is told as such, and the next command works once it is back", async () => {
    const executor = new ContainerExecutor(engine);
    const endless = command(["sh", "-c", `echo '{"running": true}'; exec sleep 600`], { environment });
    const done = await executor.run(endless, { signal: NEVER, onMessage: () => killDaemon(state) });
    expect(done).toMatchObject({ ok: false, error: { reason: "environment-unavailable" } });
    await vi.waitFor(() => expect(isRunning(pidOf(state))).toBe(false), { timeout: 20_000, interval: 50 });
    // Its own containerd outlives a killed daemon, and the first new one may give up waiting for it.
    await vi.waitFor(() => startDaemon(env), { timeout: 150_000, interval: 500 });
    const next = await executor.run(command(["true"], { environment }), { signal: NEVER });
    expect(next, JSON.stringify(next)).toMatchObject({ ok: true, value: { code: 0 } });
    await executor.close();
  });
});

function startDaemon(env: NodeJS.ProcessEnv): void {
  execFileSync(inRepository("containers/images/setup-engines.sh"), ["docker"], { env, stdio: "ignore" });
}

function killDaemon(state: string): void {
  process.kill(pidOf(state), "SIGKILL");
}

function pidOf(state: string): number {
  return Number(readFileSync(join(state, "docker.pid"), "utf8"));
}

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Executor, SandboxIsolation as Isolation } from "../../src/domain/command.ts";
import { createSandbox } from "../../src/executors/sandbox/create-sandbox.ts";
import { lockFile } from "../../src/system/file-lock.ts";
import { startChild } from "../rig/child.ts";
import { scratchFolder } from "../rig/scratch.ts";
import { executorContract } from "./suites/executor.ts";

function sandbox(mode: Isolation): () => Promise<Executor> {
  return async () => {
    const made = await createSandbox({ mode });
    if (!made.ok) throw new Error(made.error.message);
    expect(made.value.executor.isolation).toBe(mode);
    return made.value.executor;
  };
}

/** An isolation that this machine lacks is said loudly and not tested; where FETTLE_TEST_ALL_ISOLATIONS is set, it is a failure. */
async function works(mode: Isolation): Promise<boolean> {
  const made = await createSandbox({ mode });
  if (made.ok) return true;
  process.stderr.write(`\nNOT RUN: the executor contract in ${mode} isolation. ${made.error.message}\n`);
  return process.env.FETTLE_TEST_ALL_ISOLATIONS === "1";
}

const hasBubblewrap = await works("bubblewrap");
const hasNamespaces = await works("namespaces");

describe.runIf(hasBubblewrap)("bubblewrap", () =>
  executorContract({ make: sandbox("bubblewrap"), network: "none", files: "closed", compiler: true }),
);
describe.runIf(hasNamespaces)("namespaces", () =>
  executorContract({ make: sandbox("namespaces"), network: "none", files: "host", compiler: true }),
);
describe("process", () => executorContract({ make: sandbox("process"), network: "host", files: "host", compiler: true }));

describe.each<Isolation>(["bubblewrap", "namespaces", "process"])("%s", (mode) => {
  const here = mode === "process" || (mode === "bubblewrap" ? hasBubblewrap : hasNamespaces);
  test.runIf(here)("a command ends with Fettle, however Fettle ends", async () => {
    const path = join(scratchFolder("lock"), "alive");
    const lock = await lockFile({ path, mode: "exclusive" });
    if (!lock.ok) throw new Error(lock.error.message);
    const child = startChild("executor-child.ts", [mode, scratchFolder("work")], [lock.value.descriptor]);
    expect(await child.line()).toBe("running");
    child.kill("SIGKILL");
    await child.ended;
    lock.value.release();
    const free = await lockFile({ path, mode: "exclusive", signal: AbortSignal.timeout(20_000) });
    expect(free).toMatchObject({ ok: true });
    if (free.ok) free.value.release();
  });
});

test("each isolation is tried, and why one was taken is told", async () => {
  const refuseAll = async (argv: readonly string[]) => (argv[0] === "bwrap" ? "setting up uid map: Permission denied" : "not installed");
  const made = await createSandbox({ probe: refuseAll });
  if (!made.ok) throw new Error(made.error.message);
  expect(made.value.executor.isolation).toBe("process");
  expect(made.value.why).toBe(
    "nothing stronger works here (bubblewrap: setting up uid map: Permission denied; unshare (user): not installed; unshare (root): not installed)",
  );
  expect(await createSandbox({ mode: "bubblewrap", probe: refuseAll })).toMatchObject({
    ok: false,
    error: { reason: "environment-unavailable", message: expect.stringContaining("Permission denied") },
  });
});

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Executor } from "../../src/domain/command.ts";
import type { Environments } from "../../src/domain/environment.ts";
import { err, ok } from "../../src/domain/result.ts";
import { openBoth, openMeasured } from "../../src/engine/open-measured.ts";
import type { WorkerRequest, WorkerSite } from "../../src/engine/worker-call.ts";
import { createSandbox } from "../../src/executors/sandbox/create-sandbox.ts";
import { NEVER } from "../rig/commands.ts";
import { pythonEnvironment } from "../rig/python-environment.ts";
import { HOST } from "../rig/recipe-folder.ts";
import { scratchFolder } from "../rig/scratch.ts";

/** Writes that it runs, waits for the end of its input, and writes that it ended in order. */
const WORKER = `
import sys
open("out/runs", "w")
sys.stdin.read()
open("out/ended", "w")
`;

const LACKING = { reason: "environment-unavailable", message: "no such image" } as const;

async function sandbox(): Promise<Executor> {
  const made = await createSandbox();
  if (!made.ok) throw new Error(made.error.message);
  return made.value.executor;
}

function side(executor: Executor, isThere = true): { site: WorkerSite; request: WorkerRequest } {
  const directory = scratchFolder("worker");
  writeFileSync(join(directory, "worker.py"), WORKER);
  const lock = join(directory, "requirements.lock");
  writeFileSync(lock, "");
  const handle = pythonEnvironment();
  const ensure: Environments["ensure"] = async () => (isThere ? ok(handle) : err(LACKING));
  const workspace = scratchFolder("workspace");
  mkdirSync(join(workspace, "out"));
  const site: WorkerSite = {
    services: { executor, environments: { ensure, isMade: async () => true, identify: async () => ok(handle) }, host: HOST },
    ...{ label: "measure", workspace, log: join(scratchFolder("log"), "step.log"), signal: NEVER, leases: [], progress: () => {} },
    limits: { timeoutMs: 20_000, memoryBytes: 1e9, processes: 100, outputBytes: 4e9 },
  };
  const worker = { directory, environment: { name: "toy", lock } };
  return { site, request: { worker, verb: "measure", inputs: {}, options: {}, target: null, threads: 1 } };
}

const open = ({ site, request }: ReturnType<typeof side>) => openMeasured(site, "toy", request);

test("neither side of a measurement waits for the other to start", async () => {
  const executor = await sandbox();
  const both = Promise.withResolvers<void>();
  let asked = 0;
  const meeting: Executor = {
    ...{ isolation: executor.isolation, run: executor.run.bind(executor), close: () => executor.close() },
    async open(spec, options) {
      asked += 1;
      if (asked === 2) both.resolve();
      await both.promise;
      return executor.open(spec, options);
    },
  };
  const opened = await openBoth(open(side(meeting)), open(side(meeting)));
  if (!opened.ok) throw new Error(opened.error.message);
  await Promise.all([opened.value.candidate.command.close(), opened.value.baseline.command.close()]);
});

test.each(["candidate", "baseline"] as const)("where the %s cannot be started, the other is not left running", async (lacking) => {
  const executor = await sandbox();
  const candidate = side(executor, lacking !== "candidate");
  const baseline = side(executor, lacking !== "baseline");
  const { site } = lacking === "candidate" ? baseline : candidate;
  const runs = join(site.workspace, "out/runs");
  const other = open(lacking === "candidate" ? baseline : candidate);
  await vi.waitUntil(() => existsSync(runs), { timeout: 20_000 });
  const sides = lacking === "candidate" ? ([open(candidate), other] as const) : ([other, open(baseline)] as const);
  expect(await openBoth(...sides)).toEqual({ ok: false, error: LACKING });
  expect(existsSync(join(site.workspace, "out/ended"))).toBe(true);
});

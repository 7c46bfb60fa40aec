import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestBytes } from "../../src/domain/digest.ts";
import type { Environments } from "../../src/domain/environment.ts";
import { ok } from "../../src/domain/result.ts";
import { identifyWorker, workerSpec } from "../../src/engine/identify-workers.ts";
import { openMeasured } from "../../src/engine/open-measured.ts";
import { whyNotStillAsPlanned } from "../../src/engine/planned-worker.ts";
import { callWorker, type WorkerRequest, type WorkerSite } from "../../src/engine/worker-call.ts";
import { createSandbox } from "../../src/executors/sandbox/create-sandbox.ts";
import { NEVER } from "../rig/commands.ts";
import { pythonEnvironment } from "../rig/python-environment.ts";
import { HOST } from "../rig/recipe-folder.ts";
import { scratchFolder } from "../rig/scratch.ts";

/** Says that it runs, and then waits for the test to let it end. */
const PROGRAM = `
import json
open("started", "w").close()
print(json.dumps({"progress": {"text": "running"}}), flush=True)
open("go").read()
json.dump({"ok": True, "facts": {}}, open("result.json", "w"))
`;

const CHANGED = {
  ok: false,
  error: { reason: "hash-mismatch", message: expect.stringContaining("was changed while the build was running") },
};

/** A planned worker of a few lines in a real sandbox, in an environment that goes by its lock's bytes. */
async function planned() {
  const directory = scratchFolder("worker");
  const worker = workerSpec("anvil", directory);
  writeFileSync(join(directory, "worker.py"), PROGRAM);
  writeFileSync(worker.environment.lock, "# first\n");
  const sandbox = await createSandbox();
  if (!sandbox.ok) throw new Error(sandbox.error.message);
  const bare = pythonEnvironment();
  const environment = async () => ok({ ...bare, digest: digestBytes(readFileSync(worker.environment.lock)) });
  const environments: Environments = { ensure: environment, isMade: async () => true, identify: environment };
  const workspace = join(scratchFolder("workspace"), "work");
  mkdirSync(join(workspace, "out"), { recursive: true });
  execFileSync("mkfifo", [join(workspace, "go")]);
  const site: WorkerSite = {
    services: { executor: sandbox.value.executor, environments, host: HOST },
    label: "compile cpu-x64 anvil/float32",
    workspace,
    log: join(scratchFolder("log"), "step.log"),
    limits: { timeoutMs: 20_000, memoryBytes: 1e9, processes: 100, outputBytes: 4e9 },
    signal: NEVER,
    leases: [],
    progress: () => {},
  };
  const identified = await identifyWorker(worker, environments);
  const request: WorkerRequest = { worker: identified, verb: "compile", inputs: {}, options: {}, target: null, threads: 1 };
  return { site, request, worker, environments, directory };
}

/** Calls the worker; what it is to find changed is changed once it runs. */
function callAnd(change: () => void, { site, request }: { site: WorkerSite; request: WorkerRequest }) {
  const progress = () => {
    change();
    writeFileSync(join(site.workspace, "go"), "");
  };
  return callWorker({ ...site, progress }, request);
}

const edits: [string, (directory: string) => void][] = [
  ["its source", (directory) => writeFileSync(join(directory, "worker.py"), `${PROGRAM}\n# edited`)],
  ["what lies beside it", (directory) => writeFileSync(join(directory, "helper.py"), "")],
  ["its lock", (directory) => writeFileSync(join(directory, "requirements.lock"), "# second\n")],
];

test.each(edits)("a worker is not started once %s is no longer as it was planned", async (_, edit) => {
  const { site, request, directory } = await planned();
  edit(directory);
  expect(await callWorker(site, request)).toMatchObject(CHANGED);
  expect(await openMeasured(site, "anvil", request)).toMatchObject(CHANGED);
  expect(existsSync(join(site.workspace, "started"))).toBe(false);
});

test.each(edits)("a worker's answer is not taken where %s was changed while it ran", async (_, edit) => {
  const { site, request, directory } = await planned();
  expect(await callAnd(() => edit(directory), { site, request })).toMatchObject(CHANGED);
  expect(existsSync(join(site.workspace, "result.json"))).toBe(true);
});

test("a worker that stayed as it was planned answers; one that was not planned may change", async () => {
  const { site, request } = await planned();
  expect(await callAnd(() => {}, { site, request })).toMatchObject({ ok: true });
  const { worker, directory, environments, ...unplanned } = await planned();
  const edit = () => writeFileSync(join(directory, "worker.py"), "");
  expect(await callAnd(edit, { site: unplanned.site, request: { ...unplanned.request, worker } })).toMatchObject({ ok: true });
  expect(await whyNotStillAsPlanned(worker, environments)).toBeNull();
});

test("a worker whose folder went away while it was measured is no longer the planned one", async () => {
  const { request, directory, environments } = await planned();
  expect(await whyNotStillAsPlanned(request.worker, environments)).toBeNull();
  execFileSync("rm", ["-r", join(directory, "worker.py")]);
  expect(await whyNotStillAsPlanned(request.worker, environments)).toMatchObject(CHANGED.error);
});

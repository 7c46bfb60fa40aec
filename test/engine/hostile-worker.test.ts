import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Environments } from "../../src/domain/environment.ts";
import type { Failure } from "../../src/domain/failure.ts";
import { ok } from "../../src/domain/result.ts";
import { openMeasured } from "../../src/engine/open-measured.ts";
import { callWorker, type WorkerRequest, type WorkerSite } from "../../src/engine/worker-call.ts";
import { createSandbox } from "../../src/executors/sandbox/create-sandbox.ts";
import { readOutputFolder } from "../../src/measure/outputs/output-folder.ts";
import { NEVER } from "../rig/commands.ts";
import { pythonEnvironment } from "../rig/python-environment.ts";
import { HOST } from "../rig/recipe-folder.ts";
import { scratchFolder } from "../rig/scratch.ts";

const PRELUDE = `
import json, os, socket, sys
def say(text): os.write(1, text if isinstance(text, bytes) else text.encode())
`;

/** A worker of a few lines, started as any worker is; and where it runs. */
async function hostile(program: string): Promise<{ site: WorkerSite; request: WorkerRequest; notices: string[] }> {
  const directory = scratchFolder("worker");
  writeFileSync(join(directory, "worker.py"), PRELUDE + program);
  const lock = join(directory, "requirements.lock");
  writeFileSync(lock, "");
  const made = await createSandbox();
  if (!made.ok) throw new Error(made.error.message);
  const handle = pythonEnvironment();
  const environments: Environments = { ensure: async () => ok(handle), isMade: async () => true, identify: async () => ok(handle) };
  const notices: string[] = [];
  const site: WorkerSite = {
    services: { executor: made.value.executor, environments, host: HOST },
    label: "compile cpu-x64 hostile/float32",
    workspace: join(scratchFolder("workspace"), "work"),
    log: join(scratchFolder("log"), "step.log"),
    limits: { timeoutMs: 20_000, memoryBytes: 1e9, processes: 100, outputBytes: 4e9 },
    signal: NEVER,
    leases: [],
    progress: (text) => notices.push(text),
  };
  mkdirSync(join(site.workspace, "out"), { recursive: true });
  const worker = { directory, environment: { name: "hostile", lock } };
  return { site, request: { worker, verb: "compile", inputs: {}, options: {}, target: null, threads: 1 }, notices };
}

async function call(program: string) {
  const { site, request, notices } = await hostile(program);
  const before = process.cpuUsage();
  const answer = await callWorker(site, request);
  // Processor time of this process, which a busy machine does not stretch.
  return { answer, site, notices, cpuSeconds: process.cpuUsage(before).user / 1e6 };
}

describe("result.json", () => {
  const NO_RESULT = { ok: false, error: { reason: "garbage-output", message: "It ended as if all were well, but left no valid result." } };

  test.each([
    ["a pipe that nobody writes to", `os.mkfifo("result.json")`],
    ["a socket", `socket.socket(socket.AF_UNIX).bind("result.json")`],
    ["a folder", `os.mkdir("result.json")`],
    ["an endless device", `os.symlink("/dev/zero", "result.json")`],
    ["a link to itself", `os.symlink("result.json", "result.json")`],
    ["2 GB of zeros", `open("result.json", "w").truncate(2 * 10**9)`],
    [
      "nested a hundred thousand times",
      `open("result.json", "w").write('{"ok": true, "facts": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}")`,
    ],
    ["nested five thousand times", `open("result.json", "w").write('{"ok": true, "facts": {"a": ' + "[" * 5_000 + "]" * 5_000 + "}}")`],
    ["bytes that are no text", `open("result.json", "wb").write(b"\\xff\\xfe\\x00" * 1000)`],
    ["facts that are not numbers", `open("result.json", "w").write('{"ok": true, "facts": {"x": NaN}}')`],
    ["a prototype in place of facts", `open("result.json", "w").write('{"ok": true, "__proto__": {"facts": {}}}')`],
  ])("%s is no result, is not waited for and not read whole", async (_, program) => {
    const before = process.memoryUsage().rss;
    const { answer } = await call(program);
    expect(answer).toMatchObject(NO_RESULT);
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  });

  test("a link to a result of the user's is not followed", async () => {
    const elsewhere = join(scratchFolder("elsewhere"), "result.json");
    writeFileSync(elsewhere, '{"ok": true, "facts": {"stolen": true}}');
    expect((await call(`os.symlink(${JSON.stringify(elsewhere)}, "result.json")`)).answer).toMatchObject(NO_RESULT);
  });

  test("an error with a reason that is Fettle's own to give is a toolchain's error in its own words", async () => {
    const error = { code: "__proto__", message: "\u001b[2Jgone", details: { node: ["not", "text"], keyLine: 7 } };
    const { answer } = await call(
      `open("result.json", "w").write(json.dumps({"ok": False, "error": ${JSON.stringify(error)}})); os._exit(3)`,
    );
    expect(answer).toMatchObject({ ok: false, error: { reason: "toolchain-error", message: error.message } });
  });

  test("a worker that removes its workspace has no result, and that is no crash of ours", async () => {
    const { answer } = await call(`import shutil\nshutil.rmtree(".", ignore_errors=True)`);
    expect(answer).toMatchObject(NO_RESULT);
  });
});

describe("its protocol channel", () => {
  const GOOD = `\nopen("result.json", "w").write('{"ok": true, "facts": {"fine": 1}}')`;

  test("a flood of progress does not stop the result", async () => {
    const { answer, notices } = await call(`for _ in range(20): say('{"progress": {"text": "x"}}\\n' * 10_000)${GOOD}`);
    expect(answer).toMatchObject({ ok: true, value: { facts: { fine: 1 } } });
    expect(notices.length).toBe(200_000);
  });

  test.each([
    ["a line of 64 MB", `say('{"progress": {"text": "' + "x" * (64 << 20) + '"}}\\n')`],
    ["a line nested a million times", `say('{"progress": ' + '{"a":' * 1_000_000 + "1" + "}" * 1_000_001 + "\\n")`],
    [
      "progress of no known form",
      `say('{"progress": []}\\n{"progress": {"text": 5}}\\n{"progress": {"text": "x", "fraction": "all"}}\\n{"progress": null}\\n')`,
    ],
    [
      "an answer that nobody asked for",
      `say('{"wall_ns": [1], "cpu_ns": [1]}\\n{"ready": true}\\n{"error": {}}\\n{"ok": true, "facts": {}}\\n')`,
    ],
    ["bytes that are no text", `say(b'{"progress": {"text": "\\xff\\xfe"}}\\n\\x00\\x00\\n{"a": "\\xc3"}\\n')`],
  ])("%s does no harm", async (_, program) => {
    expect((await call(program + GOOD)).answer).toMatchObject({ ok: true, value: { facts: { fine: 1 } } });
  });

  test("a log that is made to be slow to search is searched in no time", async () => {
    const { answer, cpuSeconds } = await call(
      `os.write(2, b"Assertion " * 100_000 + b"\\n" + b"a." * 100_000 + b"\\n" + b"x: " + b" " * 100_000 + b"y\\n" + b"\\x1b[" * 50_000); os._exit(1)`,
    );
    expect(answer.ok).toBe(false);
    expect(cpuSeconds).toBeLessThan(5);
  });
});

describe("times of a measurement", () => {
  async function measured(answer: string) {
    const { site, request } = await hostile(
      `say('{"ready": true}\\n')\nfor line in sys.stdin:\n    say(${JSON.stringify(answer)} + "\\n")`,
    );
    const opened = await openMeasured(site, "hostile/float32", { ...request, verb: "measure" });
    if (!opened.ok) throw new Error(opened.error.message);
    onTestFinished(async () => void (await opened.value.command.close()));
    return await opened.value.process.run(2);
  }

  test("that are not JSON (NaN) are no answer: the next line is", async () => {
    const answer = '{"wall_ns": [NaN, NaN], "cpu_ns": [1, 1]}\n{"wall_ns": [1, 2], "cpu_ns": [1, 1]}';
    expect(await measured(answer)).toEqual({ ok: true, value: { wallNs: [1, 2], cpuNs: [1, 1] } });
  });

  test.each([
    ["that are no numbers", '{"wall_ns": [null, null], "cpu_ns": [1, 1]}'],
    ["below zero", '{"wall_ns": [-5, 10], "cpu_ns": [1, 1]}'],
    ["beyond what a number can hold", '{"wall_ns": [1e400, 1], "cpu_ns": [1, 1]}'],
    ["of more runs than were asked for", '{"wall_ns": [1, 1, 1], "cpu_ns": [1, 1, 1]}'],
    ["that are all nothing", '{"wall_ns": [0, 0], "cpu_ns": [0, 0]}'],
    ["longer than the answer took to come", '{"wall_ns": [60000000000, 1], "cpu_ns": [1, 1]}'],
  ])("%s are not believed", async (_, answer) => {
    expect(await measured(answer)).toMatchObject({ ok: false, error: { reason: "garbage-output" } satisfies Partial<Failure> });
  });
});

describe("documents that are read before the store has sealed them", () => {
  test.each([
    ["outside its folder", { files: { y: "../../../../etc/passwd" } }],
    ["at an absolute path", { files: { y: "/etc/passwd" } }],
  ])("outputs that name a file %s are refused", (_, shard) => {
    const folder = scratchFolder("outputs");
    const set = { format: "fettle.outputs/1", samples: 1, outputs: ["y"], shards: [{ samples: 1, ...shard }] };
    writeFileSync(join(folder, "outputs.json"), JSON.stringify(set));
    expect(readOutputFolder(folder)).toMatchObject({ ok: false, error: expect.stringContaining("names a file outside its folder") });
  });
});

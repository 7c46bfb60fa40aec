#!/usr/bin/env node
// What a step's start costs in each executor that works here: `python -c pass` in the sandbox, in a container of its own and in a kept
// container of each engine, one after the other in every round, so that a busy machine slows all alike. Then what building the images of the
// built-in toolchains costs, and their sizes. Prints two markdown tables.
//
//   FETTLE_BASE_IMAGE=localhost/fettle-base:1 node bench/containers.mjs [--rounds N] [--images]
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ENGINE_NAMES } from "../src/domain/command.ts";
import { ContainerExecutor } from "../src/executors/container/container-executor.ts";
import { detectEngine, runEngine } from "../src/executors/container/engine.ts";
import { createEnvironments } from "../src/executors/environments/create-environments.ts";
import { ImageEnvironments } from "../src/executors/images/image-environments.ts";
import { inspectImages } from "../src/executors/images/inspect-image.ts";
import { createSandbox } from "../src/executors/sandbox/create-sandbox.ts";
import { containerDirectory } from "../src/system/package-root.ts";

const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "20" }, images: { type: "boolean", default: false } },
});
// What makes the next build a cold one. Podman's cache is its untagged images; its `builder prune --all` takes the base too.
const PRUNE_CACHE = { podman: ["image", "prune", "--force"], docker: ["builder", "prune", "--all", "--force"] };
const signal = new AbortController().signal;
const scratch = mkdtempSync(join(tmpdir(), "fettle-bench-containers-"));
const specOf = (name) => ({ name, lock: join(containerDirectory(name), "requirements.lock") });

const engines = [];
for (const name of ENGINE_NAMES) {
  const engine = await detectEngine(name, { env: process.env, signal });
  if (engine.ok) engines.push(engine.value);
  else process.stderr.write(`not measured: ${name}: ${engine.error.message}\n`);
}
const ways = [await sandboxWay(), ...(await Promise.all(engines.map(engineWays))).flat()];
try {
  try {
    await timeStarts();
  } finally {
    await Promise.all(ways.map(({ executor }) => executor.close()));
  }
  // Kept containers are gone now: an image that one runs from cannot be removed, so would not be built cold.
  if (flags.images) for (const engine of engines) await timeImages(engine);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function sandboxWay() {
  const made = value(await createSandbox());
  const environments = createEnvironments({ root: process.env.FETTLE_HOME ?? join(scratch, "home") });
  return {
    name: `sandbox (${made.executor.isolation})`,
    executor: made.executor,
    environment: value(await environments.ensure(specOf("scripts"), { signal })),
  };
}

async function engineWays(engine) {
  const environment = value(await imagesOf(engine).ensure(specOf("scripts"), { signal }));
  const ways = [true, false].map((keep) => ({
    name: `${engine.name} ${engine.version}, ${keep ? "kept container" : "a container of its own"}`,
    executor: new ContainerExecutor(engine, { keep, keptIn: scratch }),
    environment,
  }));
  return ways;
}

function imagesOf(engine) {
  const base = process.env.FETTLE_BASE_IMAGE ?? null;
  return new ImageEnvironments({
    engine,
    root: process.env.FETTLE_HOME ?? join(scratch, "home"),
    env: process.env,
    base,
    images: new Map(),
    signal,
  });
}

async function timeStarts() {
  const times = new Map(ways.map(({ name }) => [name, []]));
  for (let round = -1; round < Number(flags.rounds); round += 1) {
    for (const way of ways) {
      const seconds = await startOnce(way, round);
      if (round >= 0) times.get(way.name).push(seconds * 1e3);
    }
  }
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  print(
    `\nStart to end of \`python -c pass\`, ${flags.rounds} rounds in turn, load ${load}\n\n| executor | median | lowest to highest |\n|---|---|---|`,
  );
  for (const [name, all] of times) {
    const sorted = all.toSorted((a, b) => a - b);
    print(`| ${name} | ${ms(sorted[sorted.length >> 1])} | ${ms(sorted[0])} to ${ms(sorted.at(-1))} |`);
  }
}

async function startOnce({ executor, environment }, round) {
  const workspace = join(mkdtempSync(join(scratch, "step-")), "work");
  mkdirSync(join(workspace, "out"), { recursive: true });
  const limits = { timeoutMs: 60_000, memoryBytes: 2e9, processes: 512, outputBytes: 1e9 };
  const start = performance.now();
  const ran = await executor.run(
    {
      label: `start ${round}`,
      argv: ["python", "-c", "pass"],
      environment,
      workspace,
      mounts: [],
      devices: [],
      variables: {},
      limits,
      log: join(workspace, "../log"),
    },
    { signal },
  );
  if (value(ran).code !== 0) throw new Error("the command failed");
  return (performance.now() - start) / 1e3;
}

async function timeImages(engine) {
  print(`\nImages, ${engine.name} ${engine.version}\n\n| image | cold | again | size |\n|---|---|---|---|`);
  for (const name of ["onnx", "scripts", "onnxruntime", "openvino", "tvm"]) {
    const images = imagesOf(engine);
    const before = value(await images.ensure(specOf(name), { signal }));
    await runEngine(engine, ["rmi", "--force", before.image.id], { signal });
    await runEngine(engine, PRUNE_CACHE[engine.name], { signal });
    const cold = await timed(() => images.ensure(specOf(name), { signal }));
    const warm = await timed(() => images.ensure(specOf(name), { signal }));
    const [found] = (await inspectImages(engine, [cold.result.image.id], signal)).images;
    print(`| ${name} | ${cold.seconds.toFixed(1)} s | ${warm.seconds.toFixed(2)} s | ${(found.size / 1e6).toFixed(0)} MB |`);
  }
}

async function timed(work) {
  const start = performance.now();
  const result = value(await work());
  return { result, seconds: (performance.now() - start) / 1e3 };
}

function value(result) {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function ms(number) {
  return `${number.toFixed(0)} ms`;
}

function print(text) {
  process.stdout.write(`${text}\n`);
}

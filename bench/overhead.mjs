#!/usr/bin/env node
// What Fettle costs beside the work of the toolchains. Prints two markdown tables:
//
// 1. Builds a recipe with its environments made and no results in the store, and takes from the wall time the time that workers ran on the
//    chain of steps that decided it: back from the last step, each time to the one that ended last before this one started. So waiting
//    for a free job or for the machine is not counted as overhead, and everything Fettle does between workers is.
// 2. Starts `python -c pass` as it is and in each isolation that works here, in turn.
//
// With several executors each is built in, in turn; images are made before the clock starts. --store names a store whose environments
// are used, where they are made already, instead of making them anew.
//
//   node bench/overhead.mjs [--recipe FILE] [--builds N] [--starts N] [--executor sandbox --executor podman ...] [--store DIR]
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEnvironments } from "../src/executors/environments/create-environments.ts";
import { createSandbox } from "../src/executors/sandbox/create-sandbox.ts";

const root = join(import.meta.dirname, "..");
const { values: flags } = parseArgs({
  options: {
    recipe: { type: "string", default: join(root, "recipes/quickstart.yaml") },
    builds: { type: "string", default: "3" },
    starts: { type: "string", default: "40" },
    executor: { type: "string", multiple: true, default: ["sandbox"] },
    store: { type: "string" },
  },
});
const signal = new AbortController().signal;

const scratch = mkdtempSync(join(tmpdir(), "fettle-bench-overhead-"));
const home = join(scratch, "home");
try {
  if (flags.store === undefined) for (const executor of flags.executor) timedBuild(executor);
  else borrowEnvironments(flags.store);
  const builds = [];
  for (let round = 0; round < Number(flags.builds); round++) {
    for (const executor of flags.executor) {
      for (const results of ["actions", "trees"]) removeReadOnly(join(home, results));
      builds.push(timedBuild(executor));
      process.stderr.write(`${JSON.stringify(builds.at(-1))}\n`);
    }
  }
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  const starts = await timedStarts();
  report(builds, starts, load);
} finally {
  removeReadOnly(scratch);
}

/** Trees are read-only folders, which only root may remove as they are. */
function removeReadOnly(folder) {
  if (!existsSync(folder)) return;
  // What is borrowed lies behind links, which it leaves alone.
  execFileSync("chmod", ["-R", "u+w", folder]);
  rmSync(folder, { recursive: true, force: true });
}

function borrowEnvironments(store) {
  mkdirSync(home);
  for (const part of ["environments", "cache", "tools", "interpreters.json"]) symlinkSync(join(store, part), join(home, part));
}

/** Wall seconds of a whole build, and the seconds of work on the chain of steps that decided it. */
function timedBuild(executor) {
  const events = join(scratch, "events.ndjson");
  const env = { ...process.env, FETTLE_HOME: home, FETTLE_OUT: join(scratch, "dist") };
  const start = performance.now();
  const arguments_ = ["build", flags.recipe, "--json", "--events", events, "--executor", executor];
  const { status, stderr } = spawnSync(join(root, "bin/fettle"), arguments_, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`the build ended with ${status}: ${stderr}`);
  const seconds = (performance.now() - start) / 1e3;
  return { executor, seconds, ...decidingChain(readFileSync(events, "utf8").trim().split("\n").map(JSON.parse)) };
}

function decidingChain(events) {
  const started = new Map(events.filter((event) => event.type === "step-started").map((event) => [event.step, event.at]));
  const ended = events
    .filter((event) => event.type === "step-finished" && started.has(event.step))
    // A fetch is a download by pip: work, but not a worker's.
    .map(({ step, at, seconds, workerSeconds }) => ({
      step,
      from: started.get(step),
      to: at,
      work: step.startsWith("fetch ") ? seconds : workerSeconds,
    }))
    .sort((a, b) => b.to - a.to);
  let work = 0;
  let steps = 0;
  for (let step = ended[0]; step !== undefined; step = nextBefore(ended, step)) {
    work += step.work;
    steps += 1;
  }
  return { work, steps };
}

function nextBefore(ended, step) {
  return ended.find((each) => each !== step && each.to <= step.from);
}

/** Name -> milliseconds of each start, taken in turn. */
async function timedStarts() {
  const lock = join(root, "containers/scripts/requirements.lock");
  const environment = await createEnvironments({ root: home }).ensure({ name: "scripts", lock }, { signal });
  if (!environment.ok) throw new Error(environment.error.message);
  const ways = { "as it is": () => execFileSync(join(environment.value.root, "bin/python"), ["-c", "pass"]) };
  for (const mode of ["process", "namespaces", "bubblewrap"]) {
    const sandbox = await createSandbox({ mode });
    if (sandbox.ok) ways[mode] = () => startIn(sandbox.value.executor, environment.value);
  }
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < Number(flags.starts); round++) {
    for (const [name, start] of Object.entries(ways)) {
      const began = performance.now();
      await start();
      times[name].push(performance.now() - began);
    }
  }
  return times;
}

async function startIn(executor, environment) {
  const workspace = mkdtempSync(join(scratch, "workspace-"));
  mkdirSync(join(workspace, "out"));
  const spec = {
    ...{ label: "start", argv: ["python", "-c", "pass"], environment, workspace, mounts: [], devices: [], variables: {} },
    ...{ limits: { timeoutMs: 60_000, memoryBytes: 4e9, processes: 4096, outputBytes: 64e9 }, log: join(scratch, "start.log") },
  };
  const ran = await executor.run(spec, { signal });
  if (!ran.ok || ran.value.code !== 0) throw new Error(`python did not start: ${JSON.stringify(ran)}`);
}

function report(builds, starts, load) {
  const middle = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
  const bare = middle(starts["as it is"]);
  const rows = builds.map(({ executor, seconds, work, steps }) => {
    const over = seconds - work;
    return `| ${executor} | ${seconds.toFixed(1)} s | ${work.toFixed(1)} s in ${steps} steps | ${over.toFixed(2)} s | ${((100 * over) / seconds).toFixed(1)} % |`;
  });
  const ways = Object.entries(starts).map(([name, times]) => {
    const [low, high] = [Math.min(...times), Math.max(...times)].map((time) => time.toFixed(0));
    return `| ${name} | ${middle(times).toFixed(1)} ms | ${low} to ${high} ms | ${(middle(times) - bare).toFixed(1)} ms | ${times.length} |`;
  });
  process.stdout.write(
    [
      `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, load ${load}, Node ${process.versions.node}`,
      "",
      `| executor | build of ${flags.recipe.split("/").at(-1)} | work on its deciding chain | overhead | share |`,
      "|---|---|---|---|---|",
      ...rows,
      "",
      "| start of `python -c pass` | median | lowest to highest | above bare | starts |",
      "|---|---|---|---|---|",
      ...ways,
      "",
    ].join("\n"),
  );
}

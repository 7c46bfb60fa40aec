#!/usr/bin/env node
// Times a build that has nothing to do: a recipe is built once, then again and again, each time answered from the store. Prints a markdown row.
//
//   node bench/no-op.mjs [--recipe FILE] [--runs N] [--home DIR]
//
// --home: a store to use and keep; without it a temporary one, whose first build makes every environment. The time is that of the whole
// process, from its start to its end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..");
const { values: flags } = parseArgs({
  options: {
    recipe: { type: "string", default: join(root, "recipes/quickstart.yaml") },
    runs: { type: "string", default: "20" },
    home: { type: "string" },
  },
});

const scratch = mkdtempSync(join(tmpdir(), "fettle-bench-no-op-"));
try {
  build();
  const times = Array.from({ length: Number(flags.runs) }, () => {
    const start = performance.now();
    const { steps } = build();
    const seconds = (performance.now() - start) / 1e3;
    if (steps.executed > 0) throw new Error(`${steps.executed} steps were executed where none should be`);
    return { seconds, steps: steps.total };
  });
  report(times);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** One build; its report, as `--json` prints it. */
function build() {
  const env = { ...process.env, FETTLE_HOME: flags.home ?? join(scratch, "home"), FETTLE_OUT: join(scratch, "dist") };
  const { status, stdout, stderr } = spawnSync(join(root, "bin/fettle"), ["build", flags.recipe, "--json"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`the build ended with ${status}: ${stderr || JSON.parse(stdout).status}`);
  return JSON.parse(stdout);
}

function report(times) {
  const sorted = times.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const [low, middle, high] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((seconds) => `${seconds.toFixed(3)} s`);
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  process.stdout.write(
    [
      `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, load ${load}, Node ${process.versions.node}`,
      "",
      "| build with nothing to do | steps | lowest | median | highest | runs |",
      "|---|---|---|---|---|---|",
      `| ${flags.recipe.split("/").at(-1)} | ${times[0].steps} | ${low} | ${middle} | ${high} | ${sorted.length} |`,
      "",
    ].join("\n"),
  );
}

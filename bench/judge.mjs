#!/usr/bin/env node
// Compares two float32 tensors of 400 MB each with Fettle's judge and with numpy, in turn, and prints markdown rows.
//
//   node bench/judge.mjs [--python PATH] [--polygraphy PATH] [--rounds N] [--elements N]
//
// --python: an interpreter with numpy (default python3). --polygraphy: an interpreter with numpy and polygraphy; without it
// that row is left out. GB/s counts the bytes of both tensors; GB per CPU second is the fairer number on a machine that
// others use too. Each measurement is a process of its own; its peak is the growth of VmHWM over the state before the first
// tensor is touched. The files were just written, so all read them from the page cache.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const here = import.meta.dirname;
const { values: flags } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    polygraphy: { type: "string" },
    rounds: { type: "string", default: "9" },
    elements: { type: "string", default: "100000000" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "fettle-bench-judge-"));
try {
  execFileSync(flags.python, [join(here, "judge.py"), "make", folder, flags.elements], { stdio: "inherit" });
  report(measure(contestants()));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Name -> command that prints `{"seconds": .., "cpuSeconds": .., "peakBytes": ..}`. */
function contestants() {
  const judge = (...args) => [process.execPath, join(here, "judge-fettle.mjs"), folder, ...args];
  const numpy = (python, how) => [python, join(here, "judge.py"), how, folder, flags.elements];
  return {
    "Fettle, outputs agree": judge("agree"),
    "Fettle, outputs agree, first comparison of the process": judge("agree", "first"),
    "Fettle, every element outside the tolerance": judge("differ"),
    "Fettle, equal bit by bit": judge("equal"),
    "numpy in blocks of 1 MiB, memory-mapped .npy": numpy(flags.python, "blocks-mapped"),
    "numpy in blocks of 1 MiB, arrays already in memory": numpy(flags.python, "blocks-loaded"),
    "numpy.allclose, memory-mapped .npy": numpy(flags.python, "allclose"),
    ...(flags.polygraphy ? { "Polygraphy CompareFunc.simple": numpy(flags.polygraphy, "polygraphy") } : {}),
  };
}

/** All contestants once per round, so that a change of the machine meets all of them. The slow ones take part in three rounds only. */
function measure(commands) {
  const results = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [name, [program, ...args]] of Object.entries(commands)) {
      if (round >= 3 && results[name].some((each) => each.seconds > 2)) continue;
      // Polygraphy prints its log before the answer.
      const lines = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
        .trim()
        .split("\n");
      results[name].push(JSON.parse(lines.at(-1)));
    }
  }
  return results;
}

function report(results) {
  const bytes = 8 * Number(flags.elements);
  const lines = Object.entries(results).map(([name, runs]) => {
    const sorted = (seconds) => seconds.map((each) => bytes / each / 1e9).sort((a, b) => a - b);
    const rates = sorted(runs.map((run) => run.seconds));
    const perCpu = sorted(runs.map((run) => run.cpuSeconds));
    const peak = Math.max(...runs.map((run) => run.peakBytes)) / 1e6;
    const [low, middle, high] = [rates[0], rates[rates.length >> 1], rates.at(-1)].map((rate) => rate.toFixed(2));
    return `| ${name} | ${middle} | ${low} to ${high} | ${perCpu[perCpu.length >> 1].toFixed(2)} | ${peak.toFixed(0)} MB | ${runs.length} |`;
  });
  const load = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
  process.stdout.write(
    [
      `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, load ${load}, Node ${process.versions.node}`,
      "",
      "| comparator | GB/s, median | lowest to highest | GB per CPU second | extra peak memory | runs |",
      "|---|---|---|---|---|---|",
      ...lines,
      "",
    ].join("\n"),
  );
}

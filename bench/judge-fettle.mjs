// Runs Fettle's judge over a pair that judge.py made, and prints time and growth of peak memory as JSON. The time is
// that of the second of two comparisons, as in a build, which makes many, or with `first` that of the first, in which the
// engine compiles.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compareOutputs } from "../src/measure/compare-outputs.ts";

const [folder, pair, first] = process.argv.slice(2);
const tolerance = { atol: pair === "differ" ? 1e-9 : 1e-5, rtol: pair === "differ" ? 0 : 1e-4, mismatch: 0, relativeL2: 1, cosine: null };
const request = {
  reference: join(folder, "reference"),
  candidate: join(folder, pair === "equal" ? "equal" : "candidate"),
  tolerance: () => tolerance,
};

const before = peakBytes();
if (!first) await compareOutputs(request);
const [start, cpuStart] = [performance.now(), process.cpuUsage()];
const result = await compareOutputs(request);
const seconds = (performance.now() - start) / 1e3;
const { user, system } = process.cpuUsage(cpuStart);
const expected = pair === "differ" ? "output-mismatch" : "agrees";
if (!result.ok || result.value.reason.code !== expected) throw new Error(`the judge is wrong: ${JSON.stringify(result)}`);
process.stdout.write(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakBytes: peakBytes() - before }));

function peakBytes() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}

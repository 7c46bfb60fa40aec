import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { runReportSchema } from "../../src/report/report-schema.ts";
import { fakeDigits } from "../rig/digits-build.ts";
import { type Project, reportOf } from "../rig/project.ts";
import { inRepository } from "../rig/repository.ts";

const ARM = { targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" };

test("the document of --json follows its schema and its published JSON Schema, for every kind of verdict", async () => {
  const targets =
    "{ cpu-x64-native: { toolchains: [good, wrong, dead], require: measured }, cpu-arm64: { toolchains: [good], require: compiled } }";
  const [project, , wrong, dead] = await fakeDigits({ targets, precision: "[float32, int8]" }, ["good", "wrong", "dead"]);
  wrong?.always("infer", { do: "bend", sample: 1, index: [0, 1], set: "nan" });
  dead?.always("infer", { do: "die", signal: "SIGSEGV" });
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(0);
  const report = runReportSchema.parse(reportOf(built));
  const published = z.fromJSONSchema(JSON.parse(readFileSync(inRepository("schemas/report.schema.json"), "utf8")));
  expect(published.safeParse(JSON.parse(built.stdout)).error).toBeUndefined();

  const [native, arm] = report.targets;
  expect(native).toMatchObject({ status: "accepted", proof: "measured", required: "measured", winner: { candidate: "good/float32" } });
  expect(native?.candidates.map(({ id, verdict }) => [id, verdict])).toEqual([
    ["good/float32", "accepted"],
    ["wrong/float32", "rejected"],
    ["dead/float32", "failed"],
  ]);
  const speed = native?.candidates[0]?.speed;
  expect(speed?.low).toBeLessThanOrEqual(speed?.ratio ?? 0);
  expect(speed?.high).toBeGreaterThanOrEqual(speed?.ratio ?? 0);
  expect(native?.untried).toContainEqual({ id: "good/int8", why: "the fake good has no int8" });
  expect(arm).toMatchObject({ status: "accepted", proof: "compiled", winner: { candidate: "good/float32" } });
});

test("--events and --trace are files of their own, whole, with every step and the report", async () => {
  const [project] = await fakeDigits(ARM);
  const built = await project.run("build", "digits.yaml", "--events", "out/events.ndjson", "--trace", "out/trace.json");
  expect(built.code).toBe(0);
  const events = project
    .read("out/events.ndjson")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: "build-started", recipe: "digits", store: project.home });
  expect(events.at(-1)).toMatchObject({ type: "build-finished", report: { schema: "fettle.report/1", status: "ok" } });
  expect(events.filter((event) => event.type === "step-cached").map((event) => event.step)).toEqual(
    expect.arrayContaining(["fetch model", "prepare model", "data model"]),
  );
  const trace = JSON.parse(project.read("out/trace.json")) as
    | { traceEvents: { name: string; ph: string }[] }
    | { name: string; ph: string }[];
  const spans = Array.isArray(trace) ? trace : trace.traceEvents;
  expect(spans.some((span) => span.ph === "X" && span.name.includes("compile"))).toBe(true);
});

test("the plain log names the candidate on every line of its story, and the summary ends it", async () => {
  const [project, fake] = await fakeDigits(ARM);
  fake?.always("compile", {
    do: "fail",
    code: "unsupported-operator",
    message: "There is no LSTM.",
    details: { node: "/rnn", operator: "LSTM" },
  });
  const built = await project.run("build", "digits.yaml");
  expect(built.code).toBe(3);
  const story = built.stdout.split("\n").filter((line) => /^\[.*\] compile cpu-arm64 fake\/float32: /.test(line));
  expect(story.join("\n")).toMatch(
    /: started[\s\S]*: failed after [\d.]+ s: unsupported-operator \(LSTM\): There is no LSTM\.[\s\S]*: node: \/rnn \(LSTM\)/,
  );
  expect(built.stdout).toMatch(/Failures\n.*cpu-arm64 fake\/float32/);
});

async function explained(project: Project): Promise<Record<string, { state: string; changed: string[] }>> {
  const planned = await project.run("plan", "digits.yaml", "--json");
  const { steps } = JSON.parse(planned.stdout) as { steps: { id: string; state: string; changed: string[] }[] };
  return Object.fromEntries(steps.map(({ id, state, changed }) => [id, { state, changed }]));
}

test("plan --explain names what changed: data, an option, the lock", async () => {
  const [project, fake] = await fakeDigits(ARM);
  await project.run("build", "digits.yaml");
  const before = await explained(project);
  expect(Object.values(before).every(({ state }) => state === "hit" || state === "always")).toBe(true);

  project.write("digits/data.py", `${project.read("digits/data.py")}\n# changed\n`);
  project.write("digits.yaml", project.read("digits.yaml").replace("[fake]", "[{ fake: { level: 2 } }]"));
  const after = await explained(project);
  expect(after["data model"]).toEqual({ state: "miss", changed: ["contents.data.py"] });
  expect(after["compile cpu-arm64 fake/float32"]).toEqual({ state: "miss", changed: ["options.level"] });
  const said = await project.run("plan", "digits.yaml", "--explain");
  expect(said.stdout).toContain("contents.data.py");

  // The lock last: with it the environment's digest changes.
  appendFileSync(join(fake?.directory ?? "", "requirements.lock"), "# changed\n");
  expect((await explained(project))["compile cpu-arm64 fake/float32"]).toEqual({
    state: "miss",
    changed: ["environment", "options.level", "worker"],
  });
});

test("--fail-fast stops what has not been done; without it the rest goes on", async () => {
  const targets =
    "{ cpu-arm64: { toolchains: [bad], require: compiled }, cpu-arm64-cortex-a76: { toolchains: [good], require: compiled } }";
  const [project, bad, good] = await fakeDigits({ targets }, ["bad", "good"]);
  bad?.always("compile", { do: "raise", message: "no" });
  const fast = await project.run("build", "digits.yaml", "--json", "--fail-fast", "--jobs", "1");
  expect(fast.code).toBe(3);
  expect(good?.count("compile")).toBe(0);
  expect(reportOf(fast).targets.map(({ status }) => status)).toEqual(["failed", "failed"]);
  const whole = await project.run("build", "digits.yaml", "--json", "--jobs", "1");
  expect(whole.code).toBe(3);
  expect(reportOf(whole).targets.map(({ status }) => status)).toEqual(["failed", "accepted"]);
});

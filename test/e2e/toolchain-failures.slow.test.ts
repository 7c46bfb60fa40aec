import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import type { FakeCommand } from "../rig/fake-toolchain.ts";
import { reportOf } from "../rig/project.ts";

// Another architecture: what is compiled is not run, so that only the failure is looked at.
const BOTH = "{ cpu-arm64: { toolchains: [broken, sound], require: compiled } }";

async function compileWith(command: FakeCommand, ...flags: string[]) {
  const [project, broken] = await fakeDigits({ targets: BOTH }, ["broken", "sound"]);
  broken?.always("compile", command);
  const built = await project.run("build", "digits.yaml", "--json", ...flags);
  const [target] = reportOf(built).targets;
  const [failed, sound] = target?.candidates ?? [];
  // Whatever becomes of one, the other is made and published.
  expect(built.code).toBe(0);
  expect(target).toMatchObject({ status: "accepted", winner: { candidate: "sound/float32" } });
  expect(sound).toMatchObject({ verdict: "accepted", proof: "compiled" });
  expect(existsSync(join(project.path, "dist/digits/cpu-arm64/manifest.json"))).toBe(true);
  expect(failed).toMatchObject({ id: "broken/float32", verdict: "failed", proof: null });
  expect(failed?.reason.code).toBe(failed?.failure?.reason);
  return { failure: failed?.failure, log: readFileSync(failed?.failure?.log ?? "", "utf8") };
}

test("an operator the toolchain lacks is named with its node", async () => {
  const message = "There is no implementation of LSTM.";
  const { failure } = await compileWith({
    do: "fail",
    code: "unsupported-operator",
    message,
    details: { node: "/rnn/lstm", operator: "LSTM" },
  });
  expect(failure).toMatchObject({ reason: "unsupported-operator", message, node: { name: "/rnn/lstm", operator: "LSTM" } });
});

test.each([
  ["SIGSEGV", "an invalid memory access"],
  ["SIGFPE", "an arithmetic error, such as an integer division by zero"],
] as const)("a crash by %s is a failure of that candidate alone", async (signal, meaning) => {
  const { failure } = await compileWith({ do: "die", signal });
  expect(failure).toMatchObject({ reason: "crashed", exit: signal, message: `It crashed with ${signal} (${meaning}).` });
});

test("an error of the toolchain's own shows its line and keeps its log", async () => {
  const { failure, log } = await compileWith({ do: "raise", message: "cannot lower conv2d" });
  expect(failure).toMatchObject({ reason: "toolchain-error", keyLine: "RuntimeError: cannot lower conv2d", exit: "status 1" });
  expect(log).toContain("Traceback (most recent call last)");
});

test("what a toolchain prints before it gives up is in the message and the log", async () => {
  const { failure, log } = await compileWith({ do: "exit", status: 41, print: "warming up\nerror: no tile fits\nbye\n" });
  expect(failure).toMatchObject({ reason: "toolchain-error", keyLine: "error: no tile fits", exit: "status 41" });
  expect(log).toBe("warming up\nerror: no tile fits\nbye\n");
});

test.each([
  ["garbage on its channel and half a result", { do: "garbage" }],
  ["status 0 without a result", { do: "exit", status: 0 }],
] as const)("%s is not taken for success", async (_, command) => {
  const { failure } = await compileWith(command);
  expect(failure).toMatchObject({ reason: "garbage-output", message: "It ended as if all were well, but left no valid result." });
});

test("a result that names a file which is not there is not taken for success", async () => {
  const { failure } = await compileWith({ do: "forget" });
  expect(failure).toMatchObject({
    reason: "garbage-output",
    message: expect.stringContaining("the artifact's file model.onnx is not there"),
  });
});

test("an artifact whose signature is not the prepared model's is refused by the tensor that differs", async () => {
  const { failure } = await compileWith({
    do: "attack",
    program: `
import json, shutil
copyfile = shutil.copyfile
def retype(source, to):
    copyfile(source, to)
    if str(to).endswith("signature.json"):
        signature = json.loads(to.read_text())
        signature["outputs"][0]["dtype"] = "float16"
        to.write_text(json.dumps(signature))
shutil.copyfile = retype
`,
  });
  expect(failure).toMatchObject({
    reason: "garbage-output",
    message: expect.stringMatching(/signature\.json gives the output \w+ the element type float16 where the prepared model's has float32/),
  });
});

test("a toolchain that takes more memory than it may is stopped", async () => {
  const { failure } = await compileWith({ do: "eat" }, "--memory", "1 GB");
  expect(failure).toMatchObject({
    reason: "out-of-memory",
    message: expect.stringMatching(/^It went over its memory limit with 1\.\d+ GB and was stopped\.$/),
  });
});

test("a toolchain that hangs is stopped at its time limit, and its processes are gone", async () => {
  const [project, broken] = await fakeDigits({ targets: BOTH }, ["broken", "sound"]);
  const called = broken?.next("compile");
  const running = project.start("build", "digits.yaml", "--json", "--timeout", "12 s");
  const call = await called;
  const ended = await running.ended;
  await call?.gone;
  expect(ended.code).toBe(0);
  expect(reportOf(ended).targets[0]?.candidates[0]).toMatchObject({
    verdict: "failed",
    failure: { reason: "timed-out", message: expect.stringMatching(/^It was stopped at its time limit, after 1\d\.\d s\.$/) },
  });
});

test("when every candidate fails the target fails, with exit code 3 and each reason in the summary", async () => {
  const [project, fake] = await fakeDigits({ targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" });
  fake?.always("compile", { do: "die", signal: "SIGSEGV" });
  const built = await project.run("build", "digits.yaml");
  expect(built.code).toBe(3);
  expect(built.stdout).toContain("crashed (SIGSEGV): It crashed with SIGSEGV (an invalid memory access).");
  expect(built.stdout).toContain("Fatal Python error: Segmentation fault");
  expect(existsSync(join(project.path, "dist/digits/cpu-arm64"))).toBe(false);
});

test("a failure is never kept: the next build tries again, and then keeps what it got", async () => {
  const [project, fake] = await fakeDigits({ targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" });
  fake?.always("compile", { do: "raise", message: "out of licences" });
  expect((await project.run("build", "digits.yaml")).code).toBe(3);
  fake?.always("compile", { do: "succeed" });
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  expect(fake?.count("compile")).toBe(2);
});

test("a worker that dies while it is measured fails its candidate", async () => {
  const [project, fake] = await fakeDigits();
  fake?.always("measure", { do: "die", signal: "SIGABRT" });
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(3);
  expect(reportOf(built).targets[0]?.candidates[0]).toMatchObject({ verdict: "failed", failure: { reason: "crashed", exit: "SIGABRT" } });
});

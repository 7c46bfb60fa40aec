import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CandidateReport, RunReport } from "../../src/domain/report.ts";
import { conformanceTests, findTarget } from "../../src/testing/index.ts";
import { iree } from "../../src/toolchains/iree/index.ts";
import { fettle } from "../rig/cli.ts";
import { armEmulation, pathWithoutQemu, pathWithQemu } from "../rig/emulation.ts";
import { tinyModel } from "../rig/onnx-models.ts";
import { linkEnvironments, preparedStore, prepareEmulating, prepareEnvironments } from "../rig/prepared-home.ts";
import { sha256 } from "../rig/recipe-folder.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

// What IREE makes for 64-bit Arm is really run: by QEMU, with IREE's own runner and Debian's C library.

async function home(): Promise<string> {
  const path = preparedStore("iree-emulated");
  const made = await prepareEnvironments(["onnx", "onnxruntime", "scripts", "iree"]);
  linkEnvironments(path, [...made, await prepareEmulating(iree, "aarch64")]);
  return path;
}

function digits(targets: string): string {
  const cwd = scratchFolder("iree-emulated");
  cpSync(inRepository("recipes/digits"), join(cwd, "digits"), { recursive: true });
  const recipe = readFileSync(inRepository("recipes/digits.yaml"), "utf8");
  writeFileSync(join(cwd, "recipe.yaml"), `${recipe.slice(0, recipe.indexOf("\ntargets:"))}\ntargets: ${targets}\n`);
  return cwd;
}

async function build(cwd: string, env: Readonly<Record<string, string>> = {}) {
  const args = ["build", "recipe.yaml", "--executor", "sandbox", "--json"];
  const ended = await fettle(args, { cwd, env: { FETTLE_HOME: await home(), ...env } });
  const report: RunReport = JSON.parse(ended.stdout);
  const target = (name: string) => report.targets.find((each) => each.target === name) ?? expect.fail(`the report has no ${name}`);
  const candidate = (name: string): CandidateReport => target(name).candidates[0] ?? expect.fail(`${name} has no candidate`);
  return { code: ended.code, target, candidate };
}

const qemu = describe.runIf(armEmulation());

qemu("digits for 64-bit Arm", () => {
  test("agrees, as the target's own CPU, and no speed is claimed", async () => {
    const cwd = digits(
      "{ cpu-arm64: { toolchains: [iree], require: emulated }, cpu-arm64-cortex-a76: { toolchains: [iree], require: emulated } }",
    );
    const { code, candidate } = await build(cwd);
    expect(code).toBe(0);
    for (const [name, cpu] of [
      ["cpu-arm64", "cortex-a53"],
      ["cpu-arm64-cortex-a76", "cortex-a76"],
    ] as const) {
      const emulator = { name: "qemu-aarch64", cpu, version: expect.stringMatching(/^\d+\./), libc: expect.stringContaining("GLIBC") };
      expect(candidate(name)).toMatchObject({
        ...{ verdict: "accepted", proof: "emulated", speed: null },
        reason: { message: expect.stringContaining("run by qemu-aarch64 and not on the hardware") },
        agreement: { metric: { verdict: "kept" } },
        facts: {
          ...{ precisionEvidence: "executed", executedPrecision: { float32: { ops: 1, time: null } }, placement: { cpu: 1 } },
          details: { emulator },
        },
        notes: expect.arrayContaining([expect.stringContaining(`as ${cpu}`)]),
      });
      const manifest = JSON.parse(readFileSync(join(cwd, "dist/digits", name, "manifest.json"), "utf8"));
      expect(manifest).toMatchObject({
        proof: "emulated",
        requires: { architecture: "aarch64" },
        proven: { executed: { details: { emulator } } },
      });
      expect(manifest.requires.cpuFeatures).not.toContain("aes");
    }
  });

  test("wrong outputs are rejected", async () => {
    // The first number of every output, 128 bytes after the start of an .npy file, becomes some 1e18.
    const path = pathWithQemu(`$QEMU "$@" || exit $?
for word in "$@"; do case $word in --output=@*) printf '\\\\135' | dd of="\${word#--output=@}" bs=1 seek=131 conv=notrunc status=none ;; esac; done`);
    const { code, target, candidate } = await build(digits("{ cpu-arm64: { toolchains: [iree], require: emulated } }"), {
      PATH: path,
      FETTLE_HOME: await freshHome(),
    });
    expect(code).toBe(1);
    expect(target("cpu-arm64")).toMatchObject({ status: "rejected", winner: null });
    expect(candidate("cpu-arm64")).toMatchObject({ verdict: "rejected", proof: null });
  });

  test("an instruction that the target's CPU lacks is told as one", async () => {
    const cwd = scratchFolder("half");
    const model = tinyModel();
    writeFileSync(join(cwd, "m.onnx"), model);
    const recipe = [
      `recipe: 1\nname: half\nmodel: { from: { path: m.onnx }, sha256: ${sha256(model)} }`,
      "data: { random: { inputs: { x: { normal: [0, 1] } } }, calibration: 1, validation: 2 }",
      "targets: { cpu-arm64: { toolchains: [iree], require: emulated } }\n",
    ].join("\n");
    writeFileSync(join(cwd, "recipe.yaml"), recipe);
    // As if the compiler had made it so: a module with arithmetic in half precision, which no CPU of Armv8.0 has, is what really runs.
    const half = readFileSync(inRepository("test/fixtures/iree/cortex-a76-half.vmfb")).toString("base64");
    const path = pathWithQemu(`for word in "$@"; do
  case $word in --module=*) echo ${half} | base64 -d >half.vmfb; word=--module=half.vmfb ;; esac
  set -- "$@" "$word"; shift
done
exec $QEMU "$@"`);
    const { code, candidate } = await build(cwd, { PATH: path, FETTLE_HOME: await freshHome() });
    expect(code).toBe(3);
    expect(candidate("cpu-arm64").failure).toMatchObject({
      reason: "toolchain-error",
      message: expect.stringContaining("It uses an instruction that cortex-a53 lacks (SIGILL), as qemu-aarch64"),
      keyLine: expect.stringContaining("Illegal instruction"),
    });
  });
});

qemu("the conformance kit on 64-bit Arm", () => {
  conformanceTests(test, async () => ({
    toolchain: iree,
    target: await findTarget("cpu-arm64"),
    precision: "float32",
    home: await home(),
  }));
});

test("without an emulator it is compiled, and what would mend that is said", async () => {
  const { code, target, candidate } = await build(digits("{ cpu-arm64: { toolchains: [iree], require: emulated } }"), {
    PATH: pathWithoutQemu(),
  });
  expect(code).toBe(3);
  expect(candidate("cpu-arm64")).toMatchObject({ verdict: "accepted", proof: "compiled", reason: { code: "not-run-here" } });
  expect(target("cpu-arm64").reason).toMatchObject({
    code: "proof-short",
    message: expect.stringContaining("apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross"),
  });
});

/** A store of a test's own: what a program in QEMU's place gave must not be kept for others. */
async function freshHome(): Promise<string> {
  const path = scratchFolder("home");
  const made = await prepareEnvironments(["onnx", "onnxruntime", "scripts", "iree"]);
  linkEnvironments(path, [...made, await prepareEmulating(iree, "aarch64")]);
  return path;
}

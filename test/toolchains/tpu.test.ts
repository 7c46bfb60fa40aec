import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CandidateReport, RunReport } from "../../src/domain/report.ts";
import { fettle } from "../rig/cli.ts";
import { tinyModel } from "../rig/onnx-models.ts";
import { linkEnvironments, preparedStore, prepareEnvironments } from "../rig/prepared-home.ts";
import { sha256 } from "../rig/recipe-folder.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

// The real compiler. What only a TPU can show is not shown here: nothing of what it makes has run.

async function buildIn(cwd: string, recipe: string) {
  const home = preparedStore("tpu");
  linkEnvironments(home, await prepareEnvironments(["onnx", "onnxruntime", "scripts", "tpu"]));
  const ended = await fettle(["build", recipe, "--json"], { cwd, env: { FETTLE_HOME: home } });
  const report: RunReport = JSON.parse(ended.stdout);
  const candidate = (target: string, id: string): CandidateReport =>
    report.targets.find((each) => each.target === target)?.candidates.find((each) => each.id === `tpu/${id}`) ??
    expect.fail(`the report has no ${id} for ${target}`);
  return { ended, report, candidate };
}

/** An example recipe with other targets. */
async function exampleFolder(name: string, targets: string): Promise<string> {
  const cwd = scratchFolder("tpu");
  await cp(inRepository(`recipes/${name}`), join(cwd, name), { recursive: true });
  const recipe = readFileSync(inRepository(`recipes/${name}.yaml`), "utf8");
  const head = recipe.slice(0, recipe.indexOf("\ntargets:")).replace(/precision: \[.*\]/, "precision: [float32, bfloat16]");
  await writeFile(join(cwd, `${name}.yaml`), `${head}\ntargets:\n${targets}`);
  return cwd;
}

test("digits becomes an executable for two TPUs, compiled and no more, with XLA's estimates named as such", async () => {
  const cwd = await exampleFolder(
    "digits",
    "  tpu-v5e: { toolchains: [tpu], require: compiled }\n  tpu-v6e: { toolchains: [tpu], require: compiled }\n",
  );
  const { ended, candidate } = await buildIn(cwd, "digits.yaml");
  expect(ended.code).toBe(0);
  for (const target of ["tpu-v5e", "tpu-v6e"]) {
    for (const precision of ["float32", "bfloat16"]) {
      const found = candidate(target, precision);
      expect(found).toMatchObject({ verdict: "accepted", proof: "compiled", reason: { code: "not-run-here" }, facts: null, speed: null });
      expect(found.reason?.message).toContain("does not run what it made on them");
      expect(found.declared?.precision[precision]).toBeGreaterThan(0);
      expect(found.declared?.estimates.map((each) => [each.unit, each.value > 0])).toEqual(
        expect.arrayContaining([
          ["flop", true],
          ["bytes", true],
        ]),
      );
      expect(found.declared?.estimates.every(({ by }) => /^XLA's (cost|memory) analysis for TPU v/.test(by))).toBe(true);
    }
  }
  const folder = join(cwd, "dist/digits/tpu-v5e");
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  expect(manifest).toMatchObject({
    proof: "compiled",
    requires: { device: { device: "tpu", vendor: "google", architectures: ["v5e"] }, packages: { libtpu: manifest.made.versions.libtpu } },
    made: { facts: { deviceKind: "TPU v5 lite" }, notes: [expect.stringContaining("not the program for the TPU, which has not run")] },
  });
  expect(statSync(join(folder, "model.tpu")).size).toBeGreaterThan(100_000);
});

test("the voice model's LSTM is lowered", async () => {
  const cwd = await exampleFolder("voice", "  tpu-v5e: { toolchains: [tpu], require: compiled }\n");
  const { ended, candidate } = await buildIn(cwd, "voice.yaml");
  expect(ended.code).toBe(0);
  expect(candidate("tpu-v5e", "float32")).toMatchObject({ verdict: "accepted", proof: "compiled" });
});

test("an operator without a lowering is named with its node", async () => {
  const cwd = scratchFolder("tpu");
  const model = tinyModel({
    nodes: [{ opType: "Det", name: "determinant", input: ["x"], output: ["y"] }],
    inputs: [{ name: "x", shape: [1, 4, 4] }],
  });
  await writeFile(join(cwd, "m.onnx"), model);
  const recipe = [
    `recipe: 1\nname: bad\nmodel: { from: { path: m.onnx }, sha256: ${sha256(model)} }`,
    "data: { random: { inputs: { x: { normal: [0, 1] } } }, calibration: 1, validation: 2 }",
    "targets: { tpu-v5e: { toolchains: [tpu], require: compiled } }\n",
  ].join("\n");
  await writeFile(join(cwd, "bad.yaml"), recipe);
  const { ended, candidate } = await buildIn(cwd, "bad.yaml");
  expect(ended.code).toBe(3);
  expect(candidate("tpu-v5e", "float32").failure).toMatchObject({
    reason: "unsupported-operator",
    node: { name: "determinant", operator: "Det" },
  });
});

interface OperatorCases {
  readonly right: number;
  readonly refused: Readonly<Record<string, string>>;
  readonly wrong: Readonly<Record<string, string>>;
}

test("every operator of the table gives what ONNX's own cases of it say, or refuses the case in words", async () => {
  const [environment] = await prepareEnvironments(["tpu"]);
  const words = ["test/fixtures/programs/tpu_operators.py", "containers/tpu", "containers/worker"].map(inRepository);
  const options = { encoding: "utf8", env: { PYTHONDONTWRITEBYTECODE: "1" }, maxBuffer: 2 ** 24, stdio: "pipe" } as const;
  const printed = execFileSync(join(environment ?? "", "bin/python"), words, options);
  const cases = JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Record<string, OperatorCases>;
  const wrong = Object.entries(cases).filter(([, { wrong }]) => Object.keys(wrong).length > 0);
  expect(wrong).toEqual([]);
  expect(Object.entries(cases).filter(([, { right }]) => right === 0)).toEqual([]);
  // All that is refused, and why: a reason more is a lowering that became narrower.
  const reasons = Object.values(cases).flatMap(({ refused }) =>
    Object.values(refused).map((why) => why.replace(/^.*lowered for TPUs: /, "")),
  );
  expect([...new Set(reasons)].sort()).toMatchInlineSnapshot(`
    [
      "\`select_last_index\` is 1, and only 0 is served",
      "\`training_mode\` is 1, and only 0 is served",
      "it converts to float4e2m1",
      "it converts to float8e4m3fn",
      "it converts to float8e4m3fnuz",
      "it converts to float8e5m2",
      "it converts to float8e5m2fnuz",
      "it converts to int2",
      "it converts to int4",
      "it converts to uint2",
      "it converts to uint4",
      "it has no axes to reduce",
      "it is given lengths of its sequences",
      "its attribute \`round_mode\` is not served",
      "its output of indices is used",
      "zero-size array to reduction operation max which has no identity",
      "zero-size array to reduction operation min which has no identity",
    ]
  `);
});

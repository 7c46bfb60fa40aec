import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { digestBytes } from "../../../src/domain/digest.ts";
import { MATRIX_SCHEMA, type Matrix, type MatrixJob } from "../../../src/domain/matrix.ts";
import { githubMatrixSchema, matrixSchema } from "../../../src/report/matrix-schema.ts";
import { renderMatrix } from "../../../src/report/matrix-view.ts";

function job(id: string, file: string, over: Partial<MatrixJob> = {}): MatrixJob {
  const source = { file, digest: digestBytes(file), fettle: "1.0.0" };
  return {
    id,
    recipe: "r",
    target: "t",
    require: "measured",
    source,
    runner: ["linux", "x64"],
    arguments: ["build", file, "--target", "t"],
    ...over,
  };
}

const EVIL = 'my recipes/it\'s; echo $(id) `id` "x".yaml';
const matrix: Matrix = { schema: MATRIX_SCHEMA, jobs: [job("r--t", "r.yaml"), job("s--t", EVIL)] };

test("github: one line that fromJSON and $GITHUB_OUTPUT take, with a command that a shell takes apart again", () => {
  const text = renderMatrix(matrix, { format: "github", include: null });
  expect(text.trimEnd()).not.toContain("\n");
  const { include } = JSON.parse(text) as { include: { command: string; runner: string[] }[] };
  expect(githubMatrixSchema.safeParse(JSON.parse(text)).success).toBe(true);
  expect(include[0]).toMatchObject({ command: "fettle build r.yaml --target t", runner: ["linux", "x64"] });
  const words = execFileSync("sh", ["-c", `printf '%s\\n' ${include[1]?.command.replace("fettle", "")}`], { encoding: "utf8" });
  expect(words.trimEnd().split("\n")).toEqual(["build", EVIL, "--target", "t"]);
});

test("json follows its schema and comes back unchanged", () => {
  const text = renderMatrix(matrix, { format: "json", include: null });
  expect(matrixSchema.parse(JSON.parse(text))).toEqual(matrix);
});

test("gitlab: a job for each, on its runner, which keeps what it leaves; and a verdict on all that expects each recipe once", () => {
  const twice = { ...matrix, jobs: [...matrix.jobs, job("r--u", "r.yaml", { target: "u" })] };
  const pipeline = parse(renderMatrix(twice, { format: "gitlab", include: null }));
  expect(Object.keys(pipeline)).toEqual(["stages", "r--t", "s--t", "r--u", "fettle-verdict"]);
  expect(pipeline["r--t"]).toEqual({
    stage: "build",
    tags: ["linux", "x64"],
    script: [
      "mkdir -p fettle-jobs/r--t",
      "fettle build r.yaml --target t --out fettle-jobs/r--t/dist --junit fettle-jobs/r--t/junit.xml --json > fettle-jobs/r--t/report.json",
    ],
    artifacts: { when: "always", paths: ["fettle-jobs/r--t/"], reports: { junit: "fettle-jobs/r--t/junit.xml" } },
  });
  expect(pipeline["fettle-verdict"].when).toBe("always");
  expect(pipeline["fettle-verdict"].script[0].match(/--expect/g)).toHaveLength(2);
});

test("gitlab: with a file to include, every job begins with its `.fettle`", () => {
  const pipeline = parse(renderMatrix(matrix, { format: "gitlab", include: ".gitlab/fettle.yml" }));
  expect(pipeline.include).toEqual([{ local: ".gitlab/fettle.yml" }]);
  for (const name of ["r--t", "s--t", "fettle-verdict"]) expect(pipeline[name].extends).toBe(".fettle");
});

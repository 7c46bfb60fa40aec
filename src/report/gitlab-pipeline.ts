import { stringify } from "yaml";
import type { Matrix, MatrixJob } from "../domain/matrix.ts";
import { shellWords } from "./shell-words.ts";

/**
 * A GitLab child pipeline: a job for each target, and one that joins their reports and artifacts into one verdict, whatever became of them.
 * It has no `needs`: a later stage gets the artifacts of all before it, and GitLab limits how many jobs one may need.
 */
export function gitlabPipeline({ jobs }: Matrix, include: string | null): string {
  const base = include === null ? {} : { extends: ".fettle" };
  const document = {
    ...(include !== null && { include: [{ local: include }] }),
    stages: ["build", "verdict"],
    ...Object.fromEntries(jobs.map((job) => [job.id, { ...base, ...buildJob(job) }])),
    "fettle-verdict": { ...base, ...verdictJob(jobs) },
  };
  return `# A child pipeline, written by \`fettle matrix --format gitlab\`.\n${stringify(document, { lineWidth: 0 })}`;
}

const JOBS = "fettle-jobs";

function buildJob({ id, runner, arguments: words }: MatrixJob) {
  const folder = `${JOBS}/${id}`;
  const outputs = ["--out", `${folder}/dist`, "--junit", `${folder}/junit.xml`, "--json"];
  return {
    stage: "build",
    tags: runner,
    script: [`mkdir -p ${folder}`, `${shellWords(["fettle", ...words, ...outputs])} > ${folder}/report.json`],
    artifacts: { when: "always", paths: [`${folder}/`], reports: { junit: `${folder}/junit.xml` } },
  };
}

function verdictJob(jobs: readonly MatrixJob[]) {
  const expected = [...new Set(jobs.map(({ source }) => source.file))].flatMap((file) => ["--expect", file]);
  const words = ["fettle", "report", "merge", JOBS, ...expected, "--out", "dist", "--json"];
  return {
    stage: "verdict",
    when: "always",
    script: [`${shellWords(words)} > fettle-reports.json`],
    artifacts: { when: "always", paths: ["dist/", "fettle-reports.json"] },
  };
}

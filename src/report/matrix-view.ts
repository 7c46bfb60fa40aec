import type { Matrix } from "../domain/matrix.ts";
import { gitlabPipeline } from "./gitlab-pipeline.ts";
import { jsonText } from "./json.ts";
import { shellWords } from "./shell-words.ts";

export const MATRIX_FORMATS = ["github", "gitlab", "json"] as const;
export type MatrixFormat = (typeof MATRIX_FORMATS)[number];

export interface MatrixViewOptions {
  readonly format: MatrixFormat;
  /** For GitLab: a file of the project to include, whose `.fettle` job every job extends. */
  readonly include: string | null;
}

/** `fettle matrix`: its jobs in the words of a CI system. */
export function renderMatrix(matrix: Matrix, { format, include }: MatrixViewOptions): string {
  switch (format) {
    case "github":
      return githubMatrix(matrix);
    case "gitlab":
      return gitlabPipeline(matrix, include);
    case "json":
      return jsonText(matrix);
  }
}

/** On one line, as `name=value` in $GITHUB_OUTPUT needs it. */
function githubMatrix({ jobs }: Matrix): string {
  const include = jobs.map((job) => ({ ...job, command: shellWords(["fettle", ...job.arguments]) }));
  return `${JSON.stringify({ include })}\n`;
}

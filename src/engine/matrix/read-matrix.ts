import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { MATRIX_SCHEMA, type Matrix } from "../../domain/matrix.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { githubMatrixSchema, matrixSchema } from "../../report/matrix-schema.ts";
import { errorCode } from "../../system/error-code.ts";

/** Reads what `fettle matrix --format json` or `--format github` printed. Errors: `matrix-unreadable`. */
export async function readMatrix(file: string, cwd: string): Promise<Result<Matrix, Diagnostic>> {
  const unreadable = (why: string): Result<Matrix, Diagnostic> =>
    err({
      ...{ code: "matrix-unreadable", severity: "error", message: `${file} ${why}` },
      hint: "give what `fettle matrix --format json` or `--format github` printed",
    });
  try {
    const value: unknown = JSON.parse(await readFile(resolve(cwd, file), "utf8"));
    const github = githubMatrixSchema.safeParse(value);
    if (github.success) return ok({ schema: MATRIX_SCHEMA, jobs: github.data.include });
    const matrix = matrixSchema.safeParse(value);
    if (matrix.success) return ok(matrix.data);
    const issue = matrix.error.issues[0];
    return unreadable(`is no matrix that this Fettle reads: \`${issue?.path.join(".")}\`: ${issue?.message}`);
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable("is no JSON");
    const code = errorCode(error);
    if (code === null) throw error;
    return unreadable(`cannot be read: ${code}`);
  }
}

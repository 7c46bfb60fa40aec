import { readTargetForm } from "./resolve-target.ts";

/** The runner labels a target file names; null where it names none. A file with faults, which a recipe's own check tells, names none. */
export async function readRunner(file: string, cwd: string): Promise<readonly string[] | null> {
  const read = await readTargetForm(file, cwd);
  return read.ok ? (read.value.form.runner ?? null) : null;
}

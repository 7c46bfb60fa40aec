import { err, ok, type Result } from "../../domain/result.ts";
import type { InputFile } from "../../domain/step-specs.ts";
import { hashFile } from "./hash-file.ts";

export interface UnreadableInput {
  readonly path: string;
  /** The system's code: `ENOENT`. */
  readonly code: string;
}

/** Hashes files, in the order given; the first that cannot be read is the error. One at a time: a disk reads best so. */
export async function hashInputs(inputs: readonly Omit<InputFile, "digest">[]): Promise<Result<readonly InputFile[], UnreadableInput>> {
  const hashed: InputFile[] = [];
  for (const { path, at } of inputs) {
    const digest = await hashFile(path);
    if (!digest.ok) return err({ path, code: digest.error });
    hashed.push({ path, at, digest: digest.value });
  }
  return ok(hashed);
}

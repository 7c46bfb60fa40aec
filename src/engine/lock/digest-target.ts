import { type Digest, digestJson } from "../../domain/digest.ts";
import { asJson } from "../../domain/json.ts";
import { parseDocument } from "../../recipe/document/parse-document.ts";
import { readSource } from "../../recipe/document/read-source.ts";

/**
 * Digest of what a target file says; title, runner labels and comments change nothing that is built, and are left out. Of the file and not of the target it gives: `native` gives another one on
 * another CPU. The file was read without faults before; one that went away since is a bug of whoever removed it, and throws.
 */
export async function digestTargetFile(file: string, cwd: string): Promise<Digest> {
  const source = await readSource(file, cwd);
  const parsed = source.ok ? parseDocument(source.value) : null;
  if (!parsed?.ok) throw new Error(`${file} changed while it was read`);
  const { title: _title, runner: _runner, ...rest } = asJson(parsed.value.document.value as object);
  return digestJson(rest);
}

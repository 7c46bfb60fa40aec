import { digestFromHex, digestHex } from "../../domain/digest.ts";
import type { Failure } from "../../domain/failure.ts";
import type { ModelSource } from "../../domain/recipe.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { digestFile } from "../../system/digest-file.ts";

/** Compares a fetched file with the hash the recipe names. */
export async function checkHash(file: string, sha256: string, source: ModelSource): Promise<Result<void, Failure>> {
  const digest = await digestFile(file);
  if (digest === digestFromHex(sha256)) return ok(undefined);
  return err({
    reason: "hash-mismatch",
    message: `The model from ${describeSource(source)} has SHA-256 ${digestHex(digest)}, but the recipe names ${sha256}.`,
    hint: `If this is the file you want, write \`sha256: ${digestHex(digest)}\` under \`model\` in the recipe.`,
  });
}

/** `rapidocr-onnxruntime==1.4.4`, a path or an address, for messages. */
export function describeSource(source: ModelSource): string {
  switch (source.kind) {
    case "path":
      return source.path;
    case "pypi":
      return `${source.name}==${source.version} (PyPI)`;
    case "npm":
      return `${source.name}@${source.version} (npm)`;
    case "url":
      return source.url;
  }
}

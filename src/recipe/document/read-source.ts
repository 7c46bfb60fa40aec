import { open } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import type { Diagnostic, SourceText } from "../../domain/diagnostic.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { errorCode } from "../../system/error-code.ts";

/** Largest YAML file that is read; the largest sensible recipe has some kilobytes. */
const MAX_BYTES = 1024 * 1024;

/** Reads a YAML file as UTF-8. Errors: `recipe-not-found`, `recipe-unreadable`. */
export async function readSource(file: string, cwd: string): Promise<Result<SourceText, Diagnostic>> {
  const path = shownPath(file, cwd);
  const bytes = await readLimited(resolve(cwd, file));
  if (!bytes.ok) return err(unreadable(path, bytes.error));
  try {
    return ok({ path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes.value) });
  } catch {
    return err(unreadable(path, "not-text"));
  }
}

/** A path as a user would write it: relative to the working folder where it lies in it. */
export function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, resolve(cwd, file));
  return path === "" || path.startsWith("..") || isAbsolute(path) ? file : path;
}

async function readLimited(file: string): Promise<Result<Uint8Array, string>> {
  try {
    await using handle = await open(file, "r");
    const { size } = await handle.stat();
    return size > MAX_BYTES ? err("too-large") : ok(await handle.readFile());
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return err(code);
  }
}

function unreadable(path: string, cause: string): Diagnostic {
  const diagnostic = (message: string, hint?: string): Diagnostic => ({
    code: cause === "ENOENT" || cause === "ENOTDIR" ? "recipe-not-found" : "recipe-unreadable",
    severity: "error",
    message,
    ...(hint !== undefined && { hint }),
  });
  switch (cause) {
    case "ENOENT":
    case "ENOTDIR":
      return diagnostic(`there is no file ${path}`);
    case "EISDIR":
      return diagnostic(`${path} is a folder, not a file`);
    case "EACCES":
      return diagnostic(`${path} may not be read`);
    case "too-large":
      return diagnostic(`${path} is larger than 1 MiB, too large to be a recipe`, modelHint(path));
    case "not-text":
      return diagnostic(`${path} is not UTF-8 text`, modelHint(path));
    default:
      return diagnostic(`${path} cannot be read: ${cause}`);
  }
}

function modelHint(path: string): string | undefined {
  return path.endsWith(".onnx") ? `\`fettle init ${path}\` writes a recipe for a model` : undefined;
}

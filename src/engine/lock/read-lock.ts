import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Diagnostic, SourceText } from "../../domain/diagnostic.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { checkStructure } from "../../recipe/checks/check-structure.ts";
import { parseDocument } from "../../recipe/document/parse-document.ts";
import { shownPath } from "../../recipe/document/read-source.ts";
import type { YamlDocument } from "../../recipe/document/yaml-document.ts";
import { errorCode } from "../../system/error-code.ts";
import { LOCK_FORMAT, type Lock, lockSchema } from "./lock-form.ts";

/** A lock file that could be read, with the places of what stands in it. */
export interface ReadLock {
  readonly lock: Lock;
  readonly document: YamlDocument;
}

/**
 * Reads a lock file. Errors: `lock-not-found`; `lock-version` for a format that this Fettle does not know; `lock-invalid` for every other
 * fault, each with its place.
 *
 * @param mend the command that writes the file anew
 */
export async function readLock(file: string, cwd: string, mend: string): Promise<Result<ReadLock, readonly Diagnostic[]>> {
  const path = shownPath(file, cwd);
  const text = await readText(resolve(cwd, file));
  if (!text.ok) return err([unreadable(path, text.error, mend)]);
  const source: SourceText = { path, text: text.value };
  const conflict = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(source.text);
  if (conflict !== null) return err([mergeConflict(source, conflict.index, mend)]);
  const parsed = parseDocument(source);
  const invalid = (faults: readonly Diagnostic[]) => err(faults.map((fault) => asInvalid(fault, mend)));
  if (!parsed.ok) return invalid(parsed.error);
  const { document, diagnostics } = parsed.value;
  const foreign = foreignVersion(document);
  if (foreign !== null) return err([foreign]);
  const { form, faults } = checkStructure(lockSchema, document, "the lock");
  if (form === null || diagnostics.length > 0) return invalid([...diagnostics, ...faults.map(document.place)]);
  return ok({ lock: form, document });
}

async function readText(file: string): Promise<Result<string, string>> {
  try {
    return ok(new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file)));
  } catch (error) {
    if (error instanceof TypeError) return err("not-text");
    const code = errorCode(error);
    if (code === null) throw error;
    return err(code);
  }
}

function unreadable(path: string, code: string, mend: string): Diagnostic {
  if (code === "ENOENT" || code === "ENOTDIR") {
    return { code: "lock-not-found", severity: "error", message: `there is no lock file ${path}`, hint: `write it: \`${mend}\`` };
  }
  const message = code === "not-text" ? `${path} is not UTF-8 text` : `${path} cannot be read: ${code}`;
  return { code: "lock-invalid", severity: "error", message, hint: `write it anew: \`${mend}\`` };
}

function mergeConflict(source: SourceText, start: number, mend: string): Diagnostic {
  return {
    code: "lock-invalid",
    severity: "error",
    message: "a merge left both versions of the lock here",
    at: { source, span: { start, end: start + 7 } },
    hint: `take one side whole, then bring it up to date: \`${mend}\``,
  };
}

// What is said of a recipe's text holds for a lock's; only nobody mends a lock by hand.
function asInvalid({ severity: _severity, hint: _hint, ...fault }: Diagnostic, mend: string): Diagnostic {
  return { ...fault, code: "lock-invalid", severity: "error", hint: `restore it, or write it anew: \`${mend}\`` };
}

function foreignVersion(document: YamlDocument): Diagnostic | null {
  const { value } = document;
  if (typeof value !== "object" || value === null || !("lock" in value) || typeof value.lock !== "number") return null;
  if (value.lock === LOCK_FORMAT) return null;
  const writer = "fettle" in value && typeof value.fettle === "string" ? ` Fettle ${value.fettle} wrote it.` : "";
  return document.place({
    code: "lock-version",
    path: ["lock"],
    message: `the lock has format ${value.lock}, which this Fettle does not read.${writer}`,
    expected: String(LOCK_FORMAT),
    hint: "use the Fettle that wrote it; or remove the file and lock again",
  });
}

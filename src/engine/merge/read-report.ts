import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { z } from "zod";
import type { RunReport } from "../../domain/report.ts";
import { runReportSchema } from "../../report/report-schema.ts";
import { errorCode } from "../../system/error-code.ts";

/** What a file turned out to be. */
export type ReadReport =
  | { readonly kind: "report"; readonly path: string; readonly report: RunReport }
  /** A job that was refused prints diagnostics, or a failure, in place of a report. */
  | { readonly kind: "refused"; readonly path: string; readonly message: string; readonly interrupted: boolean }
  | { readonly kind: "unreadable"; readonly path: string; readonly message: string }
  | { readonly kind: "other" };

export interface ReadOptions {
  readonly cwd: string;
  /** The user gave this very file. */
  readonly isNamed: boolean;
}

/**
 * Reads a file that may be a job's report. One that was named, is called like a report (`report` is in its name), or says it is one, must be
 * one: a report that was cut short must not be lost. Any other JSON is something else.
 */
export async function readReport(path: string, options: ReadOptions): Promise<ReadReport> {
  const text = await readFile(resolve(options.cwd, path), "utf8").catch((error: unknown) => errorCode(error));
  const isNamed = options.isNamed || /report/i.test(basename(path));
  const unreadable = (message: string): ReadReport => ({ kind: "unreadable", path, message });
  if (text === null || /^E[A-Z]+$/.test(text)) return unreadable(`${path} cannot be read: ${text}`);
  const value = parseJson(text);
  if (value === undefined)
    return isNamed ? unreadable(`${path} is ${text.trim() === "" ? "empty" : "cut short, or no JSON"}`) : { kind: "other" };
  const refusal = refusalSchema.safeParse(value);
  if (refusal.success && isNamed) return { kind: "refused", path, ...refusalOf(refusal.data) };
  const head = headSchema.safeParse(value);
  if (!head.success) return options.isNamed ? unreadable(`${path} is not what \`fettle build --json\` prints`) : { kind: "other" };
  const report = runReportSchema.safeParse(value);
  if (!report.success) {
    const issue = report.error.issues[0];
    return unreadable(`${path} is no report that this Fettle reads: \`${issue?.path.join(".")}\`: ${issue?.message}`);
  }
  const odd = [report.data.recipe, ...report.data.targets.map(({ target }) => target)].find((name) => !isFolderName(name));
  return odd === undefined
    ? { kind: "report", path, report: report.data }
    : unreadable(`${path} names \`${odd}\`, which cannot be a folder's name`);
}

const headSchema = z.looseObject({ schema: z.string().startsWith("fettle.report/") });
const messages = z.looseObject({ message: z.string() });
const refusalSchema = z.looseObject({
  ok: z.literal(false),
  diagnostics: z.array(messages).optional(),
  failure: messages.extend({ reason: z.string() }).optional(),
});

function refusalOf({ diagnostics = [], failure }: z.infer<typeof refusalSchema>): { message: string; interrupted: boolean } {
  const told = [...diagnostics, ...(failure === undefined ? [] : [failure])].map(({ message }) => message);
  return { message: told.join("; ") || "it was refused without a word", interrupted: failure?.reason === "interrupted" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names become folders: one that leads elsewhere must not get that far. */
function isFolderName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\\p{Control}]/u.test(name);
}

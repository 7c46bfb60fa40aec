import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { shownPath } from "../../recipe/document/read-source.ts";
import { type ReadReport, readReport } from "./read-report.ts";
import { walkJobs } from "./walk-jobs.ts";

export type FoundReport = Extract<ReadReport, { kind: "report" }>;
export type FoundFault = Extract<ReadReport, { kind: "refused" | "unreadable" }>;

/** What the files and folders of a merge hold. */
export interface FoundReports {
  readonly reports: readonly FoundReport[];
  /** Where there should have been a report, and is none. */
  readonly faults: readonly FoundFault[];
  /** Folders of artifacts. */
  readonly artifacts: readonly string[];
}

/** Reads the reports named, and those in folders. Errors: `report-not-found` for each path that gives none. */
export async function findReports(paths: readonly string[], cwd: string): Promise<Result<FoundReports, readonly Diagnostic[]>> {
  const found: ReadReport[] = [];
  const artifacts: string[] = [];
  const missing: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const files = await filesOf(path, cwd);
    const isNamed = files?.isNamed === true;
    const read = await Promise.all((files?.documents ?? []).map((file) => readReport(file, { cwd, isNamed })));
    const telling = read.filter((each) => each.kind !== "other");
    if (files === null) missing.push(notFound(`there is no file or folder ${path}`));
    else if (telling.length === 0) missing.push(notFound(`there is no report in ${path}`));
    for (const each of telling) {
      const real = await realpath(resolve(cwd, each.path)).catch(() => each.path);
      if (!seen.has(real)) found.push(each);
      seen.add(real);
    }
    artifacts.push(...(files?.artifacts ?? []));
  }
  if (missing.length > 0) return err(missing);
  const reports = found.filter((each) => each.kind === "report");
  const faults = found.filter((each) => each.kind === "refused" || each.kind === "unreadable");
  return ok({ reports, faults, artifacts: [...new Set(artifacts)] });
}

interface PathFiles {
  readonly isNamed: boolean;
  readonly documents: readonly string[];
  readonly artifacts: readonly string[];
}

async function filesOf(path: string, cwd: string): Promise<PathFiles | null> {
  const whole = resolve(cwd, path);
  const about = await stat(whole).catch(() => null);
  if (about === null) return null;
  if (!about.isDirectory()) return { isNamed: true, documents: [shownPath(path, cwd)], artifacts: [] };
  const { documents, artifacts } = await walkJobs(whole);
  return { isNamed: false, documents: documents.map((file) => shownPath(file, cwd)), artifacts };
}

function notFound(message: string): Diagnostic {
  return { code: "report-not-found", severity: "error", message, hint: "give what `fettle build --json` printed, or a folder with it" };
}

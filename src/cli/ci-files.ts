import { Flags } from "@oclif/core";
import type { Failure } from "../domain/failure.ts";
import type { MergedReport } from "../domain/merged-report.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { RunReport } from "../domain/report.ts";
import { readRecipePlaces } from "../engine/merge/recipe-places.ts";
import type { PreparedRun } from "../engine/prepare-run.ts";
import { junitOfRefusal, junitOfReports } from "../report/junit.ts";
import { type SarifInputs, sarifText } from "../report/sarif.ts";
import { packageVersion } from "../system/package-root.ts";
import { replaceFile, unwritable } from "../system/replace-file.ts";

/** The flags for files that CI systems read. */
export const ciFlags = {
  junit: Flags.string({ description: "write the verdicts to this file as JUnit XML", helpValue: "FILE" }),
  sarif: Flags.string({ description: "write faults, and targets without an artifact, to this file as SARIF 2.1.0", helpValue: "FILE" }),
};

interface CiFiles {
  readonly junit?: string | undefined;
  readonly sarif?: string | undefined;
}

/** Why one of the files could not be written, before hours go into what would stand in it. */
export async function blockedCiFile({ junit, sarif }: CiFiles): Promise<Failure | null> {
  for (const path of [junit, sarif]) {
    const failure = path === undefined ? null : await unwritable(path);
    if (failure !== null) return failure;
  }
  return null;
}

/** A finished build's files. */
export function writeBuildFiles(files: CiFiles, report: RunReport, { document, warnings }: PreparedRun): Promise<Failure | null> {
  const place: SarifInputs["place"] = (_, target) => ({ source: document.source, span: document.spanOf(["targets", target], "key") });
  return writeFiles(files, { reports: [report], diagnostics: warnings, place }, () => junitOfReports([report]));
}

/** The files of a merge. */
export async function writeMergeFiles(files: CiFiles, { recipes }: MergedReport, cwd: string): Promise<Failure | null> {
  const place = await readRecipePlaces(recipes, cwd);
  return writeFiles(files, { reports: recipes, diagnostics: [], place }, () => junitOfReports(recipes));
}

/** The files of what was refused. @param about what the command was to do it with, as the user named it */
export function writeRefusalFiles(files: CiFiles, about: string, refusal: Refusal): Promise<Failure | null> {
  const told = "failure" in refusal ? { diagnostics: [], failures: [refusal.failure] } : { diagnostics: refusal.diagnostics };
  return writeFiles(files, { reports: [], ...told, place: () => null }, () => junitOfRefusal(about, refusal));
}

async function writeFiles(
  { junit, sarif }: CiFiles,
  inputs: Omit<SarifInputs, "version">,
  junitText: () => string,
): Promise<Failure | null> {
  const first = junit === undefined ? null : await replaceFile(junit, junitText());
  const second = sarif === undefined ? null : await replaceFile(sarif, sarifText({ version: packageVersion(), ...inputs }));
  return first ?? second;
}

import type { RunReport } from "../../domain/report.ts";
import { parseDocument } from "../../recipe/document/parse-document.ts";
import { readSource } from "../../recipe/document/read-source.ts";
import type { YamlDocument } from "../../recipe/document/yaml-document.ts";

/** Where a report's recipe names a target; null where the recipe's file is not here, or does not name it. */
export type RecipePlaces = (report: RunReport, target: string) => ReturnType<typeof placeIn>;

/** Reads the recipes of reports, as far as they are here, to point into them. */
export async function readRecipePlaces(reports: readonly RunReport[], cwd: string): Promise<RecipePlaces> {
  const read = reports.map(async ({ source }) => [source.file, await readDocument(source.file, cwd)] as const);
  const documents = new Map(await Promise.all(read));
  return ({ source }, target) => placeIn(documents.get(source.file) ?? null, target);
}

async function readDocument(file: string, cwd: string): Promise<YamlDocument | null> {
  const source = await readSource(file, cwd);
  const parsed = source.ok ? parseDocument(source.value) : null;
  return parsed?.ok ? parsed.value.document : null;
}

function placeIn(document: YamlDocument | null, target: string) {
  const path = ["targets", target];
  return document?.has(path) ? { source: document.source, span: document.spanOf(path, "key") } : null;
}

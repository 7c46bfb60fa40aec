import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_SCHEMA } from "../publish/manifest.ts";

/** What lies in the folders of jobs. Paths begin with the folder's own. */
export interface JobFiles {
  /** Files that end in `.json`, outside of artifacts, sorted. */
  readonly documents: readonly string[];
  /** Folders of published artifacts, sorted. */
  readonly artifacts: readonly string[];
}

/** Looks through a folder and all below it. Links are not followed; what lies in an artifact's folder is the artifact's. */
export async function walkJobs(folder: string): Promise<JobFiles> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some((entry) => entry.isFile() && entry.name === MANIFEST) && (await isArtifact(folder))) {
    return { documents: [], artifacts: [folder] };
  }
  const documents = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json")).map(({ name }) => join(folder, name));
  const below: JobFiles[] = [];
  for (const entry of entries) if (entry.isDirectory()) below.push(await walkJobs(join(folder, entry.name)));
  return {
    documents: [...documents, ...below.flatMap((each) => each.documents)],
    artifacts: below.flatMap((each) => each.artifacts),
  };
}

const MANIFEST = "manifest.json";

// Whether it is whole and what it is of is found out later; here it only must not be looked through for reports.
async function isArtifact(folder: string): Promise<boolean> {
  return (await readFile(join(folder, MANIFEST), "utf8")).includes(`"${MANIFEST_SCHEMA}"`);
}

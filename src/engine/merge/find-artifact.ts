import { dirname, isAbsolute, join, resolve } from "node:path";
import { digestBytes } from "../../domain/digest.ts";
import type { ArtifactCheck } from "../../report/verify-view.ts";
import type { Manifest } from "../publish/manifest.ts";
import { readManifest, verifyFiles } from "../verify-artifact.ts";

/** A winner whose artifact is looked for. */
export interface Wanted {
  readonly recipe: string;
  readonly target: string;
  readonly candidate: string;
  readonly digest: string;
  /** Path of the folder as the job named it, and the report that does. */
  readonly artifact: string;
  readonly report: string | null;
}

type Problems = ArtifactCheck["problems"];

export interface Places {
  /** Folders of artifacts that were found. */
  readonly artifacts: readonly string[];
  readonly cwd: string;
  /** Where the artifact will go: what an earlier merge left there has not come with this report. */
  readonly to: string | null;
}

/**
 * The folder of a winner's artifact: where its report says, seen from the report and from here, or anywhere in the folders that were looked
 * through. It is the right one if its manifest names the same winner with the same digest; then every file must be whole.
 */
export async function findArtifact(
  wanted: Wanted,
  { artifacts, cwd, to }: Places,
): Promise<{ readonly directory: string; readonly problems: Problems } | null> {
  const wrong: { directory: string; problems: Problems }[] = [];
  for (const directory of new Set([...placesOf(wanted, cwd, to), ...artifacts])) {
    const read = await readManifest(directory);
    if ("problem" in read) {
      if (read.problem.code === "bad-manifest" && isPlaceOf(directory, wanted)) wrong.push({ directory, problems: [read.problem] });
      continue;
    }
    const is = isManifestOf(read.manifest, wanted);
    // A damaged one is told, though a whole one may lie elsewhere: somebody changed what the job left.
    if (is.names && is.digest) return { directory, problems: await verifyFiles(directory, read.manifest) };
    if (is.names) wrong.push({ directory, problems: [anotherDigest(directory)] });
  }
  return wrong[0] ?? null;
}

/** Whether a manifest is of this winner, and lists just the files that the report's digest stands for. */
export function isManifestOf(manifest: Manifest, wanted: Wanted): { readonly names: boolean; readonly digest: boolean } {
  const { recipe, target, candidate, files } = manifest;
  const names = recipe === wanted.recipe && target.name === wanted.target && candidate === wanted.candidate;
  return { names, digest: digestBytes(JSON.stringify(files)) === wanted.digest };
}

/** `<recipe>/<target>`, as every artifact lies: what cannot be read there was this winner's. */
function isPlaceOf(directory: string, { recipe, target }: Wanted): boolean {
  return directory.endsWith(join("/", recipe, target));
}

function placesOf({ artifact, report }: Wanted, cwd: string, to: string | null): string[] {
  const besideReport = report === null || isAbsolute(artifact) ? [] : [join(dirname(resolve(cwd, report)), artifact)];
  const here = resolve(cwd, artifact);
  return [...besideReport, ...(here === to ? [] : [here])];
}

function anotherDigest(directory: string): Problems[number] {
  return { code: "changed-file", message: `${join(directory, "manifest.json")} lists other files than the report's digest stands for.` };
}

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

/**
 * The folder of a winner's artifact: where its report says, seen from the report and from here, or anywhere in the folders that were looked
 * through. It is the right one if its manifest names the same winner with the same digest; then every file must be whole.
 */
export async function findArtifact(
  wanted: Wanted,
  { artifacts, cwd }: { readonly artifacts: readonly string[]; readonly cwd: string },
): Promise<{ readonly directory: string; readonly problems: Problems } | null> {
  const damaged: { directory: string; problems: Problems }[] = [];
  for (const directory of new Set([...placesOf(wanted, cwd), ...artifacts])) {
    const read = await readManifest(directory);
    if ("problem" in read) {
      if (read.problem.code === "bad-manifest" && isPlaceOf(directory, wanted)) damaged.push({ directory, problems: [read.problem] });
      continue;
    }
    const isSame = isManifestOf(read.manifest, wanted);
    if (!isSame.names) continue;
    const problems = isSame.digest ? await verifyFiles(directory, read.manifest) : [anotherDigest(directory)];
    if (problems.length === 0) return { directory, problems };
    damaged.push({ directory, problems });
  }
  return damaged[0] ?? null;
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

function placesOf({ artifact, report }: Wanted, cwd: string): string[] {
  const besideReport = report === null || isAbsolute(artifact) ? [] : [join(dirname(resolve(cwd, report)), artifact)];
  return [...besideReport, resolve(cwd, artifact)];
}

function anotherDigest(directory: string): Problems[number] {
  return { code: "changed-file", message: `${join(directory, "manifest.json")} lists other files than the report's digest stands for.` };
}

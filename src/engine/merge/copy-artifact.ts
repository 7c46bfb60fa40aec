import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { ArtifactCheck } from "../../report/verify-view.ts";
import { errorCode } from "../../system/error-code.ts";
import { copyFiles, replaceArtifact } from "../publish/write-artifact.ts";
import { readManifest, verifyFiles } from "../verify-artifact.ts";
import { isManifestOf, type Wanted } from "./find-artifact.ts";

type Problems = ArtifactCheck["problems"];

/** Copies an artifact and checks the copy, not the original, before it takes its place: what is read twice can change in between. */
export async function copyArtifact(from: string, to: string, wanted: Wanted): Promise<Result<void, { problems: Problems } | Failure>> {
  return await replaceArtifact<{ problems: Problems }>(to, async (folder) => {
    const source = await readManifest(from);
    if ("problem" in source) return err({ problems: [source.problem] });
    const gone = await copyWhole(from, folder, ["manifest.json", ...source.manifest.files.map(({ path }) => path)]);
    if (gone !== null) return err({ problems: [{ code: "missing-file", message: `${gone} in ${from}.` }] });
    const copy = await readManifest(folder);
    if ("problem" in copy) return err({ problems: [copy.problem] });
    const { names, digest } = isManifestOf(copy.manifest, wanted);
    if (!names || !digest) return err({ problems: [{ code: "changed-file", message: `${from} changed while it was copied.` }] });
    const problems = await verifyFiles(folder, copy.manifest);
    return problems.length === 0 ? ok(undefined) : err({ problems });
  });
}

/** What kept a file from being copied, where that is the original's fault; a full disk is not, and is thrown on. */
async function copyWhole(from: string, to: string, files: readonly string[]): Promise<string | null> {
  try {
    await copyFiles(from, to, files);
    return null;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "EISDIR" || code === "ELOOP") return `a file is gone (${code})`;
    throw error;
  }
}

import { Errors } from "@oclif/core";
import { EXIT } from "../engine/exit-code.ts";
import type { Manifest } from "../engine/publish/manifest.ts";
import { readManifest } from "../engine/verify-artifact.ts";

/** The manifest of an artifact that one toolchain made; ends the command where the folder holds another, or none. */
export async function readArtifactOf(toolchain: string, directory: string): Promise<Manifest> {
  const read = await readManifest(directory);
  if ("problem" in read) throw new Errors.CLIError(read.problem.message, { exit: EXIT.usage });
  const { name } = read.manifest.toolchain;
  if (name === toolchain) return read.manifest;
  throw new Errors.CLIError(`The artifact in ${directory} was made by ${name}, not by ${toolchain}.`, { exit: EXIT.usage });
}

import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { EngineName } from "../../domain/command.ts";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { MakerImage } from "../../domain/environment.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { checkStructure } from "../checks/check-structure.ts";
import { parseDocument } from "../document/parse-document.ts";
import { readSource } from "../document/read-source.ts";
import { namedImages } from "../schema/images-schema.ts";
import { type ProjectForm, projectSchema } from "./project-schema.ts";

/** What a project says for all its recipes. */
export interface Project {
  /** Its file, absolute; null where there is none. */
  readonly file: string | null;
  readonly containers: {
    /** Base of the images that Fettle builds; null: each Containerfile's own. */
    readonly base: string | null;
    readonly engine: EngineName | null;
    /** Toolchain -> its maker's image, by digest, and the folder of its Python where that is said. */
    readonly images: ReadonlyMap<string, MakerImage>;
  };
}

const NAME = "fettle.yaml";

/**
 * Reads the nearest fettle.yaml in a folder or above it: within the repository, or without one within the working folder. Further up it
 * could be a stranger's. None is no fault.
 *
 * @param folder where a recipe lies, or the working folder; relative to `cwd`
 */
export async function loadProject(folder: string, cwd: string): Promise<Result<Project, readonly Diagnostic[]>> {
  const file = searchedFolders(resolve(cwd, folder), cwd)
    .map((place) => join(place, NAME))
    .find((path) => existsSync(path));
  if (file === undefined) return ok({ file: null, containers: { base: null, engine: null, images: new Map() } });
  const source = await readSource(file, cwd);
  if (!source.ok) return err([source.error]);
  const parsed = parseDocument(source.value);
  if (!parsed.ok) return parsed;
  const { document, diagnostics } = parsed.value;
  const { form, faults } = checkStructure(projectSchema, document, "the project");
  const all = [...diagnostics, ...faults.map((fault) => document.place(fault))];
  return form === null || all.length > 0 ? err(all) : ok(asProject(file, form));
}

function searchedFolders(start: string, cwd: string): string[] {
  const above = [start];
  for (let at = start; dirname(at) !== at; at = dirname(at)) above.push(dirname(at));
  const repository = above.findIndex((folder) => existsSync(join(folder, ".git")));
  if (repository !== -1) return above.slice(0, repository + 1);
  const isBelow = !relative(cwd, start).startsWith("..");
  return isBelow ? above.slice(0, above.indexOf(resolve(cwd)) + 1) : [start];
}

function asProject(file: string, { containers }: ProjectForm): Project {
  return { file, containers: { base: containers.base ?? null, engine: containers.engine ?? null, images: namedImages(containers.images) } };
}

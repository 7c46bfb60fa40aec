import type { RecipeContents } from "../domain/recipe-contents.ts";
import { modelFacts } from "../model/model-facts.ts";
import { checkModelFit, type RandomKind } from "./checks/check-model-fit.ts";
import type { Draft } from "./checks/check-structure.ts";
import { wholeShapes } from "./checks/whole-shapes.ts";
import { type DataFiles, gatherDataFiles } from "./contents/gather-data-files.ts";
import { type GatheredModel, gatherModel } from "./contents/gather-model.ts";
import { type GatheredScript, gatherScript } from "./contents/gather-script.ts";
import { type Gathered, NOTHING } from "./contents/gathered.ts";
import type { Fault } from "./fault.ts";
import type { RecipeText } from "./schema/recipe-schema.ts";

/** Everything a recipe reads from the disk, found and hashed. */
export interface GatheredContents {
  readonly contents: RecipeContents;
  readonly faults: readonly Fault[];
}

/** Finds, checks and hashes the files a recipe names. Parts that are at fault in the recipe itself are left out. */
export async function gatherContents(draft: Draft<RecipeText>, folder: string): Promise<GatheredContents> {
  const [model, dataScript, dataFiles, metricScript] = await Promise.all([
    gatherModelOf(draft, folder),
    gatherScript(folder, ["data"], draft.data ?? {}),
    gatherDataFilesOf(draft, folder),
    gatherScript(folder, ["accept", "metric"], draft.accept?.metric ?? {}),
  ]);
  const contents: RecipeContents = {
    model: model.value?.files ?? [],
    ...(model.value !== null && { modelFacts: modelFacts(model.value.summary, draft.model ?? {}) }),
    dataScript: dataScript.value?.files ?? null,
    dataFiles: dataFiles.value,
    metricScript: metricScript.value?.files ?? null,
  };
  const parts: readonly Gathered<GatheredModel | GatheredScript | DataFiles>[] = [model, dataScript, dataFiles, metricScript];
  return { contents, faults: [...parts.flatMap(({ faults }) => faults), ...modelFaults(draft, model.value)] };
}

async function gatherModelOf({ model }: Draft<RecipeText>, folder: string): Promise<Gathered<GatheredModel>> {
  const path = model?.from?.path;
  return path === undefined ? NOTHING : gatherModel(folder, path, model?.sha256);
}

async function gatherDataFilesOf({ data }: Draft<RecipeText>, folder: string): Promise<Gathered<DataFiles>> {
  return data?.files === undefined ? NOTHING : gatherDataFiles(folder, data.files);
}

function modelFaults(draft: Draft<RecipeText>, model: GatheredModel | null): Fault[] {
  if (model === null) return [];
  const random = draft.data?.random?.inputs;
  return checkModelFit(model.summary, {
    shapes: wholeShapes(draft),
    bind: draft.model?.bind ?? {},
    random: random === undefined ? null : Object.fromEntries(Object.entries(random).map(([name, drawn]) => [name, kindOf(drawn)])),
  });
}

function kindOf(drawn: Readonly<Record<string, unknown>> | undefined): RandomKind {
  const kinds = ["uniform", "normal", "integers"] as const;
  return kinds.find((kind) => drawn?.[kind] !== undefined) ?? "unknown";
}

import type { ModelFacts } from "./model-facts.ts";
import type { InputFile, ScriptFiles } from "./step-specs.ts";

/** The digests of everything outside the plan that a recipe's steps read, taken while the recipe was loaded. */
export interface RecipeContents {
  /** For `path` models: the .onnx file first, then its external data. Empty for packaged models. */
  readonly model: readonly InputFile[];
  /** What a `path` model is, with the recipe's shapes and bound inputs; absent for packaged models. */
  readonly modelFacts?: ModelFacts;
  readonly dataScript: ScriptFiles | null;
  readonly dataFiles: { readonly calibration: readonly InputFile[]; readonly validation: readonly InputFile[] } | null;
  readonly metricScript: ScriptFiles | null;
}

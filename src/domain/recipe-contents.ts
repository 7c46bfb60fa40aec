import type { InputFile, ScriptFiles } from "./step-specs.ts";

/** The digests of everything outside the plan that a recipe's steps read, taken while the recipe was loaded. */
export interface RecipeContents {
  /** For `path` models: the .onnx file first, then its external data. Empty for packaged models. */
  readonly model: readonly InputFile[];
  readonly dataScript: ScriptFiles | null;
  readonly dataFiles: { readonly calibration: readonly InputFile[]; readonly validation: readonly InputFile[] } | null;
  readonly metricScript: ScriptFiles | null;
}

import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { PrepareSpec } from "../../domain/step-specs.ts";
import { modelFailure } from "../../model/model-fault.ts";
import { readModel } from "../../model/read-model.ts";
import { checkModelFit } from "../../recipe/checks/check-model-fit.ts";
import { pathText } from "../../recipe/fault.ts";

/**
 * Whether a fetched model is what its recipe takes it for: inputs, ranks, fixed sizes. For local models the same was
 * checked when the recipe was loaded; for packaged ones this is the first moment it can be.
 */
export async function checkFetchedModel(file: string, { shapes, bind }: PrepareSpec["options"]): Promise<Result<void, Failure>> {
  const model = await readModel(file);
  if (!model.ok) return err(modelFailure(model.error));
  const faults = checkModelFit(model.value, { shapes, bind, random: null }).filter((fault) => fault.severity !== "warning");
  const [first] = faults;
  if (!first) return ok(undefined);
  const message = faults.map((fault) => `${pathText(fault.path)}: ${fault.message}`).join("; ");
  const hint = first.hint ?? first.expected;
  return err({ reason: "invalid-model", message: `The recipe does not fit the model. ${message}.`, ...(hint !== undefined && { hint }) });
}

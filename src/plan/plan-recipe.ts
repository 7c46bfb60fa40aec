import type { Plan } from "../domain/plan.ts";
import type { PlanInputs } from "./inputs.ts";
import { planSharedSteps } from "./shared-steps.ts";
import { planTarget } from "./target-steps.ts";

/**
 * The graph of steps a recipe needs. Pure: it reads no disk and no clock, so what `fettle plan` prints is what
 * `fettle build` does.
 */
export function planRecipe(inputs: PlanInputs): Plan {
  const shared = planSharedSteps(inputs);
  const targets = inputs.recipe.targets.map((use) => planTarget(inputs, shared, use));
  return {
    recipe: inputs.recipe,
    steps: [
      shared.fetch,
      shared.prepare,
      ...shared.lowered.values(),
      shared.data,
      shared.reference,
      ...targets.flatMap((each) => each.steps),
    ],
    targets: targets.map((each) => each.planned),
  };
}

import type { StepKind } from "../domain/plan.ts";
import type { Operation } from "./operation.ts";
import type { Ports } from "./ports.ts";

/** Everything a run uses: the ports, wired once by `createServices`, and the work of each kind of step. */
export interface Services extends Ports {
  readonly operationFor: (kind: StepKind) => Operation<StepKind>;
}

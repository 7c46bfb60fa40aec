import type { StepKind } from "../../domain/plan.ts";
import type { Operation } from "../operation.ts";
import { compile } from "./compile.ts";
import { data } from "./data.ts";
import { fetch } from "./fetch.ts";
import { infer } from "./infer.ts";
import { measure } from "./measure.ts";
import { prepare } from "./prepare.ts";
import { publish } from "./publish.ts";
import { reference } from "./reference.ts";
import { select } from "./select.ts";
import { validate } from "./validate.ts";

const OPERATIONS: { readonly [K in StepKind]: Operation<K> } = {
  fetch,
  prepare,
  data,
  reference,
  compile,
  infer,
  validate,
  measure,
  select,
  publish,
};

/** The operation of a step's kind. The cast is the one place where a kind and its operation are joined. */
export function operationFor(kind: StepKind): Operation<StepKind> {
  return OPERATIONS[kind] as unknown as Operation<StepKind>;
}

import type { ModelFacts } from "../../domain/model-facts.ts";
import { POPART_OPERATORS } from "./operators.ts";

/** Opsets PopART reads: graphcore/popart, docs/popart/supported_ops.rst. */
export const OLDEST_OPSET = 6;
export const NEWEST_OPSET = 11;

export interface RuleFinding {
  readonly rule: "quantised" | "open-size" | "domain" | "operator" | "opset";
  /** Whether the model cannot be taken because of it; else it is something that preparing sees to, or may. */
  readonly refuses: boolean;
  /** Without a full stop. */
  readonly message: string;
  /** What to do about it; null where nothing need be done. */
  readonly mend: string | null;
}

/** What PopART's own limits say of a model: read from its documentation and sources, and not tried on the SDK. */
export function poplarFindings(model: ModelFacts): RuleFinding[] {
  return [...quantised(model), ...openSizes(model), ...otherDomains(model), ...unknownOperators(model), ...opset(model)];
}

const QUANTISED = [
  "QuantizeLinear",
  "DequantizeLinear",
  "DynamicQuantizeLinear",
  "QLinearConv",
  "QLinearMatMul",
  "ConvInteger",
  "MatMulInteger",
];

function quantised({ operators }: ModelFacts): RuleFinding[] {
  const found = QUANTISED.filter((name) => name in operators);
  if (found.length === 0) return [];
  const message = `PopART has no quantised inference, and the model holds ${found.join(", ")}`;
  return [{ rule: "quantised", refuses: true, message, mend: "give the model as it was before it was quantised" }];
}

function openSizes({ openInputs }: ModelFacts): RuleFinding[] {
  return openInputs.map((name) => ({
    rule: "open-size" as const,
    refuses: true,
    message: `programs for IPUs have fixed sizes, and the input ${name} has one that is known only at run time`,
    mend: `give \`model.shapes.${name}\` in the recipe`,
  }));
}

function otherDomains({ operators }: ModelFacts): RuleFinding[] {
  const foreign = Object.keys(operators).filter((name) => /[.:]/.test(name) && !name.startsWith("ai.graphcore"));
  if (foreign.length === 0) return [];
  const message = `PopART knows the operators of ai.onnx and ai.graphcore, and the model holds ${foreign.join(", ")}`;
  return [{ rule: "domain", refuses: true, message, mend: "export the model in standard operators" }];
}

/** Before preparing, an operator may yet be folded away: that is no refusal. */
function unknownOperators({ operators, prepared }: ModelFacts): RuleFinding[] {
  const unknown = Object.keys(operators).filter((name) => !/[.:]/.test(name) && !POPART_OPERATORS.has(name) && !QUANTISED.includes(name));
  if (unknown.length === 0) return [];
  const message = `PopART does not implement ${unknown.join(", ")}`;
  if (prepared)
    return [{ rule: "operator", refuses: true, message, mend: "export the model with other operators, or use another toolchain" }];
  return [{ rule: "operator", refuses: false, message: `${message}; preparing may fold or rewrite what there is of it`, mend: null }];
}

/** A model that is not prepared yet is brought to the newest opset that PopART reads. */
function opset({ opset: found, prepared }: ModelFacts): RuleFinding[] {
  if (found <= NEWEST_OPSET && found >= OLDEST_OPSET) return [];
  const message = `PopART reads opset ${OLDEST_OPSET} to ${NEWEST_OPSET}, and this is opset ${found}`;
  if (prepared) return [{ rule: "opset", refuses: true, message, mend: `export the model for opset ${NEWEST_OPSET}` }];
  return [
    { rule: "opset", refuses: false, message: `${message}; preparing brings it to ${NEWEST_OPSET} where its operators allow`, mend: null },
  ];
}

import type { DiagnosticCode } from "../domain/diagnostic-code.ts";
import type { Failure } from "../domain/failure.ts";

export type ModelFaultCode = Extract<
  DiagnosticCode,
  | "file-not-found"
  | "model-not-onnx"
  | "model-truncated"
  | "model-opset"
  | "external-data-missing"
  | "external-data-escapes"
  | "external-data-size"
>;

/** Why a model cannot be used. */
export interface ModelFault {
  readonly code: ModelFaultCode;
  readonly message: string;
  readonly hint?: string;
}

/** The same for a model that was met while building, when there is no recipe line to point at. */
export function modelFailure(faults: readonly ModelFault[]): Failure {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more like it)` : "";
  return {
    reason: "invalid-model",
    message: `${first?.message ?? "the model cannot be used"}${more}`,
    ...(first?.hint !== undefined && { hint: first.hint }),
  };
}

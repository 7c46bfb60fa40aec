import { z } from "zod";

/**
 * Ways of TensorRT 10 to leave the choice of precision to the compiler, and what to write instead. 11 has none of them: every network is
 * strongly typed, and each operator computes in the type that the model gives it.
 * Source: NVIDIA/TensorRT 11.1, the enumeration `BuilderFlag` of its Python bindings and the migration guide beside it.
 */
const RETIRED: Readonly<Record<string, string>> = {
  fp16: "write `try: { precision: [float16] }`: the model is rewritten to float16",
  bf16: "leave it out: this toolchain converts models to float16 and to no other narrow float",
  int8: "write `try: { precision: [int8] }`, with a model that has QuantizeLinear and DequantizeLinear pairs",
  fp8: "leave it out, and quantise the model itself: QuantizeLinear and DequantizeLinear pairs say where it is float8",
  best: "name each precision to try in `try.precision`: Fettle measures them all and takes the fastest that is right",
  precision_constraints: "leave it out: a strongly typed network has every precision that the model declares, and no other",
  layer_precisions: "leave it out, and put Cast nodes around those operators in the model",
  layer_output_types: "leave it out, and put Cast nodes behind those operators in the model",
  calibration: "leave it out, and quantise the model itself: there is no calibrator any more",
  strongly_typed: "leave it out: every network is",
};

/** Keys that are refused with what to write instead, for the schema of options. Editors show them as deprecated. */
export const retiredOptions: Readonly<Record<string, z.ZodOptional<z.ZodUnknown>>> = Object.fromEntries(
  Object.entries(RETIRED).map(([key, instead]) => [key, retired(key, instead)]),
);

function retired(key: string, instead: string) {
  const message = `\`${key}\` is of TensorRT 10, and TensorRT 11 has no weakly typed networks`;
  const fault = { code: "invalid-value", message, hint: instead };
  return z
    .unknown()
    .refine(() => false, { error: message, params: { fault } })
    .optional()
    .meta({ deprecated: true, description: `Gone since TensorRT 11: ${instead}.` });
}

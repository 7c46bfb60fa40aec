import type { ModelTensor } from "../../model/model-summary.ts";

/** A constant that an input most likely wants, such as a speech model's sample rate; null for an input to be fed. */
export function guessConstant({ name, type, shape }: ModelTensor): number | null {
  const isScalar = shape?.every((size) => size === 1);
  return isScalar && /^(u?int|float)/.test(type) && /^(sr|sample_?rate|sampling_?rate)$/i.test(name) ? 16000 : null;
}

/** How to draw an input at random, as a recipe writes it; null for types that cannot be drawn. */
export function guessDistribution({ name, type, shape }: ModelTensor): string | null {
  if (type === "bool") return "{ integers: [0, 2] }";
  if (/^u?int/.test(type)) return `{ integers: ${integerRange(name, type)} }`;
  if (!/^(float|bfloat)/.test(type)) return null;
  return shape?.length === 4 ? "{ uniform: [0, 1] }" : "{ normal: [0, 1] }";
}

function integerRange(name: string, type: string): string {
  if (/mask/i.test(name)) return "[1, 2]"; // nothing masked
  if (/(token_?type|segment)/i.test(name)) return "[0, 1]"; // one segment
  return type === "uint8" ? "[0, 256]" : "[0, 100]";
}

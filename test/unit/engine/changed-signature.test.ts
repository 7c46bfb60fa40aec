import { expect, test } from "vitest";
import type { ModelSignature, TensorSignature } from "../../../src/domain/tensor.ts";
import { changedSignature } from "../../../src/engine/changed-signature.ts";

const image: TensorSignature = { name: "image", dtype: "float32", shape: [1, 3, 8, 8] };
const ids: TensorSignature = { name: "ids", dtype: "int64", shape: [1, 4] };
const logits: TensorSignature = { name: "logits", dtype: "float32", shape: [1, -1] };
const prepared: ModelSignature = { inputs: [image, ids], outputs: [logits] };

test.each<[string, Partial<ModelSignature>, string]>([
  ["another order", { inputs: [ids, image] }, "has the inputs ids, image where the prepared model has image, ids, in this order"],
  ["another name", { outputs: [{ ...logits, name: "y" }] }, "has the outputs y where the prepared model has logits, in this order"],
  ["one input fewer", { inputs: [image] }, "has the inputs image where the prepared model has image, ids, in this order"],
  ["one output more", { outputs: [logits, ids] }, "has the outputs logits, ids where the prepared model has logits, in this order"],
  ["no outputs", { outputs: [] }, "has the outputs (none) where the prepared model has logits, in this order"],
  [
    "another type of an input",
    { inputs: [image, { ...ids, dtype: "int32" }] },
    "gives the input ids the element type int32 where the prepared model's has int64",
  ],
  [
    "another type of an output",
    { outputs: [{ ...logits, dtype: "float16" }] },
    "gives the output logits the element type float16 where the prepared model's has float32",
  ],
  [
    "another layout",
    { inputs: [{ ...image, shape: [1, 8, 8, 3] }, ids] },
    "gives the input image the shape [1, 8, 8, 3] where the prepared model's has [1, 3, 8, 8]",
  ],
  ["another rank", { inputs: [image, { ...ids, shape: [4] }] }, "gives the input ids the shape [4] where the prepared model's has [1, 4]"],
  [
    "an open size that was fixed",
    { outputs: [{ ...logits, shape: [-1, -1] }] },
    "gives the output logits the shape [-1, -1] where the prepared model's has [1, -1]",
  ],
])("%s is told, with the tensor", (_, changes, clause) => {
  expect(changedSignature(prepared, { ...prepared, ...changes })).toBe(clause);
});

test("a range that was asked for may neither be fixed nor be narrowed", () => {
  const range = { axis: 0, name: "n", min: 1, opt: 2, max: 4 };
  const ranged: ModelSignature = { inputs: [{ ...image, shape: [-1, 3, 8, 8], ranges: [range] }], outputs: [logits] };
  const fixed: ModelSignature = { ...ranged, inputs: [{ ...image, shape: [2, 3, 8, 8] }] };
  const narrowed: ModelSignature = { ...ranged, inputs: [{ ...image, shape: [-1, 3, 8, 8], ranges: [{ ...range, max: 2 }] }] };
  expect(changedSignature(ranged, fixed)).toBe("gives the input image the shape [2, 3, 8, 8] where the prepared model's has [-1, 3, 8, 8]");
  expect(changedSignature(ranged, narrowed)).toBe("gives the input image other ranges of sizes than it was asked for");
});

test("the same signature holds, and so does one that knows the size of an output that was open", () => {
  expect(changedSignature(prepared, structuredClone(prepared))).toBeNull();
  expect(changedSignature(prepared, { ...prepared, outputs: [{ ...logits, shape: [1, 10] }] })).toBeNull();
});

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ModelSignature } from "../../../src/domain/tensor.ts";
import { loaderText } from "../../../src/toolchains/loader-text.ts";
import { scratchFolder } from "../../rig/scratch.ts";

/** Enough of numpy for the frame: an array that knows its shape and its type. */
const NUMPY = `class Array:
    def __init__(self, shape, dtype):
        self.shape, self.dtype = shape, dtype


def zeros(shape, dtype):
    return Array(shape, dtype)
`;

function run(signature: ModelSignature): string {
  const folder = scratchFolder("loader");
  const parts = { title: "Toy", install: "pip install toy", imports: "import numpy as np", body: "def run(feeds):\n    return feeds" };
  writeFileSync(join(folder, "numpy.py"), NUMPY);
  writeFileSync(join(folder, "load.py"), loaderText(parts, signature));
  return execFileSync("python3", ["-B", "load.py"], { cwd: folder, encoding: "utf8" });
}

const outputs = [{ name: "y", dtype: "float32", shape: [1, -1] }] as const;

test("load.py runs an artifact that takes a range at the ends of it and at the size that speed is claimed for", () => {
  const ranges = [{ axis: 1, name: "width", min: 2, opt: 5, max: 9 }];
  const said = run({
    inputs: [
      { name: "x", dtype: "float32", shape: [1, -1], ranges },
      { name: "k", dtype: "int64", shape: [3] },
    ],
    outputs,
  });
  expect(said.split("\n").filter((line) => line.includes("} x "))).toEqual([
    "{'x': (1, 2), 'k': (3,)} x float32 (1, 2)",
    "{'x': (1, 5), 'k': (3,)} x float32 (1, 5)",
    "{'x': (1, 9), 'k': (3,)} x float32 (1, 9)",
  ]);
});

test("without a range it runs once", () => {
  expect(run({ inputs: [{ name: "x", dtype: "float32", shape: [1, 4] }], outputs })).toBe("x float32 (1, 4)\n");
});

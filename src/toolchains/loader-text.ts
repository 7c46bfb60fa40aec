import type { SizeRange } from "../domain/sizes.ts";
import type { ModelSignature, TensorSignature } from "../domain/tensor.ts";

/** What a toolchain adds to the common frame of load.py. All are Python source. */
export interface LoaderParts {
  readonly title: string;
  /** The command that installs the runtime, for the file's docstring. */
  readonly install: string;
  readonly imports: string;
  /** Defines `run(feeds)`, from a dict of arrays by input name to a dict of arrays by output name. Sees `HERE`. */
  readonly body: string;
}

/**
 * A small runnable program that loads an artifact in its own folder with the toolchain's runtime and runs it on zeros: once, or at the
 * smallest, the best and the greatest sizes where inputs have a range. Its `run` takes any size in the range.
 */
export function loaderText(parts: LoaderParts, signature: ModelSignature): string {
  const inputs = signature.inputs.map(
    (input) => `    ${JSON.stringify(input.name)}: (${pythonShape(shapeAt(input, "opt"))}, "${input.dtype}"),`,
  );
  return `"""Runs this artifact ${hasRanges(signature) ? "at three sizes" : "once"} on zeros with ${parts.title} and prints what comes out.

Install: ${parts.install}
Use:     python load.py
"""

import pathlib

${parts.imports}

HERE = pathlib.Path(__file__).resolve().parent
INPUTS = {
${inputs.join("\n")}
}
${rangesText(signature)}OUTPUTS = ${JSON.stringify(signature.outputs.map((output) => output.name))}


${parts.body}


${hasRanges(signature) ? RUN_RANGES : RUN_ONCE}`;
}

const RUN_ONCE = `if __name__ == "__main__":
    zeros = {name: np.zeros(shape, dtype) for name, (shape, dtype) in INPUTS.items()}
    for name, value in run(zeros).items():
        print(name, value.dtype, value.shape)
`;

const RUN_RANGES = `if __name__ == "__main__":
    for which in range(3):
        shapes = {name: RANGES[name][which] if name in RANGES else shape for name, (shape, _) in INPUTS.items()}
        zeros = {name: np.zeros(shapes[name], dtype) for name, (_, dtype) in INPUTS.items()}
        for name, value in run(zeros).items():
            print(shapes, name, value.dtype, value.shape)
`;

function hasRanges({ inputs }: ModelSignature): boolean {
  return inputs.some(({ ranges = [] }) => ranges.length > 0);
}

function rangesText({ inputs }: ModelSignature): string {
  const ranged = inputs.filter(({ ranges = [] }) => ranges.length > 0);
  if (ranged.length === 0) return "";
  const lines = ranged.map((input) => {
    const shapes = (["min", "opt", "max"] as const).map((which) => pythonShape(shapeAt(input, which)));
    return `    ${JSON.stringify(input.name)}: (${shapes.join(", ")}),`;
  });
  return `# Inputs that take a range of sizes: their smallest shape, the one that speed is claimed for, their greatest.
RANGES = {
${lines.join("\n")}
}
`;
}

function shapeAt({ shape, ranges = [] }: TensorSignature, which: keyof SizeRange): number[] {
  return shape.map((size, axis) => ranges.find((range) => range.axis === axis)?.[which] ?? size);
}

function pythonShape(shape: readonly number[]): string {
  const sizes = shape.map((size) => Math.max(size, 1));
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}

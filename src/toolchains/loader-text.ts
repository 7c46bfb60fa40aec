import type { ModelSignature } from "../domain/tensor.ts";

/** What a toolchain adds to the common frame of load.py. All are Python source. */
export interface LoaderParts {
  readonly title: string;
  /** The command that installs the runtime, for the file's docstring. */
  readonly install: string;
  readonly imports: string;
  /** Defines `run(feeds)`, from a dict of arrays by input name to a dict of arrays by output name. Sees `HERE`. */
  readonly body: string;
}

/** A small runnable program that loads an artifact in its own folder with the toolchain's runtime and runs it on zeros. */
export function loaderText(parts: LoaderParts, signature: ModelSignature): string {
  const inputs = signature.inputs.map((input) => `    ${JSON.stringify(input.name)}: (${pythonShape(input.shape)}, "${input.dtype}"),`);
  return `"""Runs this artifact once on zeros with ${parts.title} and prints what comes out.

Install: ${parts.install}
Use:     python load.py
"""

import pathlib

${parts.imports}

HERE = pathlib.Path(__file__).resolve().parent
INPUTS = {
${inputs.join("\n")}
}
OUTPUTS = ${JSON.stringify(signature.outputs.map((output) => output.name))}


${parts.body}


if __name__ == "__main__":
    zeros = {name: np.zeros(shape, dtype) for name, (shape, dtype) in INPUTS.items()}
    for name, value in run(zeros).items():
        print(name, value.dtype, value.shape)
`;
}

function pythonShape(shape: readonly number[]): string {
  const sizes = shape.map((size) => Math.max(size, 1));
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}

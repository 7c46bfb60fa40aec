import { z } from "zod";
import type { JsonObject } from "../domain/json.ts";
import { cleanLine } from "./clean-text.ts";
import { formatBytes, formatCount } from "./format.ts";
import type { Theme } from "./theme.ts";

export interface TvmKernelsView {
  readonly target: string;
  readonly library: {
    readonly machine: string;
    readonly kernels: readonly { readonly name: string; readonly bytes: number }[];
    readonly codeBytes: number;
    readonly dataBytes: number;
  };
  /** What the worker said of the compiled code. */
  readonly facts: JsonObject;
}

// Only what is shown: an artifact of another version of the worker is shown as far as it says the same.
const factsSchema = z.object({
  target: z.object({ triple: z.string(), cpu: z.string(), lanes: z.number() }).optional(),
  assembly: z
    .object({ vectorRegisters: z.record(z.string(), z.number()), multiplyAdds: z.record(z.string(), z.number()) })
    .optional()
    .catch(undefined),
});

const SHOWN = 10;

/** `fettle tvm kernels`. `all`: every function, not only the largest. */
export function renderTvmKernels({ target, library, facts }: TvmKernelsView, { paint }: Theme, all: boolean): string {
  const { target: made, assembly } = factsSchema.safeParse(facts).data ?? {};
  const shown = all ? library.kernels : library.kernels.slice(0, SHOWN);
  const rows: [string, string][] = [
    ["for", `${target}, ${library.machine}${made === undefined ? "" : `, ${made.triple}, ${made.cpu}, ${made.lanes} lanes of float32`}`],
    [
      "holds",
      `${formatCount(library.kernels.length, "function")}, ${formatBytes(library.codeBytes)} of code, ${formatBytes(library.dataBytes)} of constants`,
    ],
    ["registers", countsText(assembly?.vectorRegisters)],
    ["multiply-adds", countsText(assembly?.multiplyAdds)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const sizes = shown.map(({ bytes }) => formatBytes(bytes));
  const column = Math.max(...sizes.map((size) => size.length));
  const more = library.kernels.length - shown.length;
  return [
    ...rows.map(([label, text]) => `${paint.dim(label.padEnd(width))}  ${cleanLine(text)}`),
    "",
    ...shown.map(({ name }, index) => `  ${(sizes[index] ?? "").padStart(column)}  ${cleanLine(name)}`),
    ...(more > 0 ? [paint.dim(`  and ${more} smaller; --all lists them`)] : []),
  ].join("\n");
}

/** `fettle tvm kernels --json`. */
export function tvmKernelsDocument({ target, library, facts }: TvmKernelsView) {
  return { schema: "fettle.tvm-kernels/1", target, ...library, facts };
}

/** `17270 of 4s, 6331 scalar`: how often each kind is named in the assembly. */
function countsText(counts: Readonly<Record<string, number>> | undefined): string {
  if (counts === undefined) return "not told by the worker that made it";
  return Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}

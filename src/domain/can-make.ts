import type { RangedAxis } from "./sizes.ts";
import type { CandidateQuery, Support, Toolchain } from "./toolchain.ts";

/**
 * Whether a toolchain can make a candidate of a recipe that gives these dimensions a range. One that does not say it takes ranges is
 * asked nothing more: what it would make is for one size, whatever it says of the model.
 */
export function canMake(toolchain: Toolchain, query: CandidateQuery, ranges: readonly RangedAxis[]): Support {
  const [first] = ranges;
  if (first === undefined || toolchain.dynamicShapes === true) return toolchain.canCompile(query);
  return {
    yes: false,
    why: `it compiles for fixed sizes, and ${described(ranges)}: write one size there, or list a toolchain that takes ranges`,
  };
}

function described(ranges: readonly RangedAxis[]): string {
  const axes = ranges.map(({ input, axis, min, max }) => `axis ${axis} of \`${input}\` is to be ${min} to ${max}`);
  return axes.join(", ");
}

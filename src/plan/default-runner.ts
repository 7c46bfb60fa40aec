import type { Precision } from "../domain/precision.ts";
import { meetsProof, type ProofLevel } from "../domain/proof.ts";
import type { ToolchainUse } from "../domain/recipe.ts";
import type { Architecture, Target } from "../domain/target.ts";
import type { Toolchain } from "../domain/toolchain.ts";

export interface RunnerNeeds {
  readonly require: ProofLevel;
  readonly precisions: readonly Precision[];
  readonly uses: readonly ToolchainUse[];
  /** Those of `uses` that are installed. */
  readonly toolchains: readonly Toolchain[];
}

/**
 * Labels of the machine a target's job needs, where its file names none: the hardware itself if something must be run or tuned on it, and
 * else any machine that compilers run on. `self-hosted`, `linux`, `x64` and `ARM64` are what GitHub gives its self-hosted runners by itself;
 * the device's kind, vendor and architecture are for the user to give.
 */
export function defaultRunner(target: Target, needs: RunnerNeeds): readonly string[] {
  if (!needsHardware(target, needs)) return [...HOST, LABELS["x86-64"]];
  if (target.device === "cpu") return [...HOST, LABELS[target.architecture]];
  const { device, vendor, architecture } = target;
  return [...HOST, LABELS[target.host], device, ...(vendor === "any" ? [] : [vendor, architecture])];
}

const HOST = ["self-hosted", "linux"] as const;
/** GitHub's own words for architectures. */
const LABELS: Readonly<Record<Architecture, string>> = { "x86-64": "x64", aarch64: "ARM64" };

function needsHardware(target: Target, { require, precisions, uses, toolchains }: RunnerNeeds): boolean {
  if (meetsProof(require, "validated")) return true;
  return uses.some(({ name, options }) => {
    const toolchain = toolchains.find((each) => each.name === name);
    return precisions.some((precision) => toolchain?.compileNeedsDevice?.({ target, precision, options }) === true);
  });
}

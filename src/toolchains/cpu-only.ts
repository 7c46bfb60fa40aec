import type { Target } from "../domain/target.ts";
import type { Support } from "../domain/toolchain.ts";

/** The refusal of a toolchain that makes code for CPUs alone; null for a CPU. */
export function notForAccelerators(target: Target): Support | null {
  return target.device === "cpu" ? null : { yes: false, why: "it makes artifacts for CPUs only" };
}

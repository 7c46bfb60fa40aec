/**
 * How far a target's artifact is proven, weakest first: it was compiled; its outputs agreed under emulation; its outputs
 * agreed on the hardware; and its speed was measured there.
 */
export const PROOF_LEVELS = ["compiled", "emulated", "validated", "measured"] as const;
export type ProofLevel = (typeof PROOF_LEVELS)[number];

/** Whether `level` is at least as strong as `required`. */
export function meetsProof(level: ProofLevel, required: ProofLevel): boolean {
  return PROOF_LEVELS.indexOf(level) >= PROOF_LEVELS.indexOf(required);
}

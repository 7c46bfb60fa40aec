import { SANDBOX_ISOLATIONS, type SandboxIsolation } from "../domain/command.ts";

export const ISOLATIONS = ["auto", ...SANDBOX_ISOLATIONS];

/** The value of an `--isolation` flag, which oclif has checked against ISOLATIONS. */
export function isolationOf(flag: string): SandboxIsolation | "auto" {
  return flag as SandboxIsolation | "auto";
}

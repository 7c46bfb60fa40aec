import type { Isolation } from "../domain/command.ts";

export const ISOLATIONS = ["auto", "bubblewrap", "namespaces", "process"];

/** The value of an `--isolation` flag, which oclif has checked against ISOLATIONS. */
export function isolationOf(flag: string): Isolation | "auto" {
  return flag as Isolation | "auto";
}

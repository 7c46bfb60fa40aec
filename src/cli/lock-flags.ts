import { Flags } from "@oclif/core";

/** The flags of commands that can be held to a lock file. */
export const lockFlags = {
  locked: Flags.boolean({
    description: "refuse whatever is not as the lock file has it, and say what differs",
    env: "FETTLE_LOCKED",
  }),
  "lock-file": Flags.string({
    description: "the lock file to hold to; by default fettle.lock beside the recipe",
    dependsOn: ["locked"],
    helpValue: "FILE",
  }),
};

/** What the two flags ask for; null where a lock file does not matter. */
export function lockedOf(flags: {
  readonly locked: boolean;
  readonly "lock-file"?: string | undefined;
}): { readonly file: string | null } | null {
  return flags.locked ? { file: flags["lock-file"] ?? null } : null;
}

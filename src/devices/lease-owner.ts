import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

const ownerSchema = z.object({ pid: z.number(), user: z.number(), since: z.string() });

/** Who took a device for itself last. For people only: whether the device is taken is the kernel lock's to say. */
export type LeaseOwner = z.infer<typeof ownerSchema>;

/** Writes our name into a lock file; another user's file may not let us, and nothing depends on it. */
export function writeOwner(path: string): void {
  const owner: LeaseOwner = { pid: process.pid, user: process.getuid?.() ?? -1, since: new Date().toISOString() };
  try {
    writeFileSync(path, `${JSON.stringify(owner)}\n`, { flag: "r+" });
  } catch {
    // See above.
  }
}

export function readOwner(path: string): LeaseOwner | null {
  try {
    const [line = ""] = readFileSync(path, "utf8").split("\n");
    return ownerSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

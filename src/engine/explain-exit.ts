import { statfs } from "node:fs/promises";
import type { CommandExit } from "../domain/command.ts";
import type { Failure } from "../domain/failure.ts";
import { classifyExit } from "../executors/classify-exit.ts";
import { readLogTail } from "../executors/log-tail.ts";

/** With less room than this a worker could write neither its result nor, into its log, why not. */
const NO_ROOM_BYTES = 64 << 10;

interface WorkerPlace {
  readonly workspace: string;
  readonly log: string;
}

/** Why a worker ended without a valid result, as its exit, its log and, where the log could not be written either, the disk tell. */
export async function explainExit(exit: CommandExit, { workspace, log }: WorkerPlace): Promise<Failure> {
  const failure = classifyExit(exit, await readLogTail(log), log);
  const unexplained = failure.reason === "garbage-output" || failure.reason === "toolchain-error";
  if (!unexplained || !(await isFull(workspace))) return failure;
  return {
    ...failure,
    reason: "disk-full",
    message: `No room left on the disk that holds ${workspace}.`,
    hint: "Free some space, run `fettle store prune`, or set FETTLE_HOME to a larger disk.",
  };
}

async function isFull(folder: string): Promise<boolean> {
  // The worker may have removed it.
  const disk = await statfs(folder).catch(() => null);
  return disk !== null && disk.bavail * disk.bsize < NO_ROOM_BYTES;
}

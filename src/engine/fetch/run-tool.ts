import { appendFile } from "node:fs/promises";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { spawnTool } from "../../executors/spawn-tool.ts";
import type { FetchRequest } from "./request.ts";

/** A package client that fetches: it uses the user's own configuration (index, proxy, certificates). */
export interface FetchTool {
  /** For messages: `pip download x==1`. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** What to look at when it fails. */
  readonly hint: string;
}

/** Runs it to its end, with its output in the step's log; gives standard output. */
export async function runTool(tool: FetchTool, { log, signal }: FetchRequest): Promise<Result<string, Failure>> {
  const ended = await spawnTool(tool.command, tool.args, { cwd: tool.cwd, signal });
  await appendFile(log, `$ ${tool.title}\n${ended.stdout}${ended.stderr}\n`);
  if (ended.exitCode === 0) return ok(ended.stdout);
  if (signal.aborted) return err({ reason: "interrupted", message: "The build was interrupted.", log });
  const keyLine = lastTelling(ended.stderr);
  return err({
    reason: "fetch-failed",
    message: `\`${tool.title}\` failed${ended.exitCode === null ? `: ${ended.problem}` : ` with status ${ended.exitCode}`}.`,
    ...(keyLine !== null && { keyLine }),
    hint: tool.hint,
    log,
  });
}

function lastTelling(text: string): string | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? null;
}

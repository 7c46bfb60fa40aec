import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandExit, CommandSpec, Executor, Limits, RunOptions } from "../../src/domain/command.ts";
import type { Json } from "../../src/domain/json.ts";
import { pythonEnvironment } from "./python-environment.ts";
import { scratchFolder } from "./scratch.ts";

export const NEVER = new AbortController().signal;

const AMPLE: Limits = { timeoutMs: 20_000, memoryBytes: 2e9, processes: 512, outputBytes: 4e9 };

/** What may differ from an ordinary command; limits that are not given stay ample. */
export type CommandChanges = Partial<Omit<CommandSpec, "limits">> & { readonly limits?: Partial<Limits> };

/** A command with a workspace of its own, ample limits and nothing mounted. */
export function command(argv: readonly string[], { limits, ...changes }: CommandChanges = {}): CommandSpec {
  const workspace = join(scratchFolder("workspace"), "work");
  mkdirSync(join(workspace, "out"), { recursive: true });
  return {
    label: "compile cpu-x64 toy/float32",
    argv,
    environment: pythonEnvironment(),
    workspace,
    mounts: [],
    devices: [],
    variables: {},
    limits: { ...AMPLE, ...limits },
    log: join(scratchFolder("log"), "deep", "step.log"),
    ...changes,
  };
}

export interface Ran {
  readonly exit: CommandExit;
  readonly messages: readonly Json[];
  readonly log: string;
}

/** Runs a command to its end. */
export async function run(executor: Executor, spec: CommandSpec, options: Partial<RunOptions> = {}): Promise<Ran> {
  const messages: Json[] = [];
  const done = await executor.run(spec, { signal: NEVER, onMessage: (message) => messages.push(message), ...options });
  if (!done.ok) throw new Error(done.error.message);
  return { exit: done.value, messages, log: readFileSync(spec.log, "utf8") };
}

import { type Engine, runEngine } from "../container/engine.ts";
import { ownLimits } from "../container/own-limits.ts";
import type { ToolEnd } from "../environments/run-tool.ts";
import { SANDBOX_ID } from "../sandbox/command-environment.ts";

export interface OnceRequest {
  /** Id or name of an image in the engine's storage. */
  readonly image: string;
  /** Path of a program inside. */
  readonly program: string;
  readonly args: readonly string[];
}

/** Runs a program of an image, to ask it something: no network, nothing to write to, no powers, nothing of this machine. */
export function runOnce(
  engine: Engine,
  request: OnceRequest,
  options: { readonly signal: AbortSignal; readonly log?: string },
): Promise<ToolEnd> {
  return runEngine(engine, onceArgv(engine, request), options);
}

function onceArgv({ name }: Engine, { image, program, args }: OnceRequest): string[] {
  return [
    ...["run", "--rm", "--pull", "never", "--network", "none", "--read-only", "--cap-drop", "ALL"],
    ...["--security-opt", "no-new-privileges", "--user", `${SANDBOX_ID}:${SANDBOX_ID}`],
    ...(name === "podman" ? podmanLimits() : []),
    ...["--entrypoint", program, image, ...args],
  ];
}

/** Limits on files and processes as podman may set them; by itself it tries more than root may have, and fails. */
export function podmanLimits(): string[] {
  const { files, userProcesses } = ownLimits({ timeoutMs: 0, memoryBytes: 0, processes: 0, outputBytes: 0 });
  return ["--ulimit", `nofile=${files}:${files}`, "--ulimit", `nproc=${userProcesses}:${userProcesses}`];
}

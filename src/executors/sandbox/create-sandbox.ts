import type { Executor, SandboxIsolation } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { chooseIsolation, type TryCommand, tryForReal } from "./choose-isolation.ts";
import { SandboxExecutor } from "./sandbox-executor.ts";

export interface SandboxOptions {
  /** `auto` (the default) takes the strongest isolation that works; a named one is taken or refused. */
  readonly mode?: SandboxIsolation | "auto";
  /** Tries a command line on this machine; for tests and for tools that have tried already. */
  readonly probe?: TryCommand;
}

export interface Sandbox {
  readonly executor: Executor;
  /** One sentence for the user: why this isolation. */
  readonly why: string;
}

/** An executor that runs commands on this machine, and why it shuts them in the way it does. Tries programs out: about 50 ms. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Result<Sandbox, Failure>> {
  const chosen = await chooseIsolation(options.mode ?? "auto", options.probe ?? tryForReal);
  if ("refused" in chosen) {
    return err({
      reason: "environment-unavailable",
      message: `The isolation ${options.mode} does not work on this machine (${chosen.refused}).`,
      hint: "Install bubblewrap, or let Fettle choose the isolation.",
    });
  }
  return ok({ executor: new SandboxExecutor(chosen.way), why: chosen.why });
}

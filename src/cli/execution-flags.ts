import { Errors, Flags } from "@oclif/core";
import { SANDBOX_ISOLATIONS, type SandboxIsolation } from "../domain/command.ts";
import { EXECUTORS, type ExecutionChoice, type ExecutorName, isEngine } from "../engine/execution/execution-choice.ts";
import type { Project } from "../recipe/project/load-project.ts";

/** Flags that say how workers are run. */
export const executionFlags = {
  executor: Flags.string({
    description: "what runs workers; auto: the first engine that works and has every image at hand, else the sandbox",
    options: EXECUTORS,
    default: "auto",
    env: "FETTLE_EXECUTOR",
  }),
  isolation: Flags.string({
    description: "how the sandbox shuts workers in",
    options: ["auto", ...SANDBOX_ISOLATIONS],
    default: "auto",
    env: "FETTLE_ISOLATION",
  }),
  strict: Flags.boolean({ description: "refuse an engine that does not enforce limits on memory and processes itself" }),
};

interface ExecutionFlags {
  readonly executor?: string;
  readonly isolation?: string;
  readonly strict?: boolean;
}

/** What the flags ask for; oclif has checked each against its options. An isolation alone asks for the sandbox. */
export function executionOf({ executor = "auto", isolation = "auto", strict = false }: ExecutionFlags): ExecutionChoice {
  const named = executor as ExecutorName;
  if (isolation !== "auto" && isEngine(named)) {
    throw new Errors.CLIError(`--isolation is for the sandbox; ${named} has an isolation of its own. Leave one of the two out.`, {
      exit: 2,
    });
  }
  return {
    executor: isolation === "auto" ? named : "sandbox",
    isolation: isolation as SandboxIsolation | "auto",
    strict,
    base: process.env.FETTLE_BASE_IMAGE ?? null,
    images: new Map(),
    prefer: null,
  };
}

/** What the project says, where neither flags nor variables say otherwise. */
export function withProject(choice: ExecutionChoice, { containers }: Project): ExecutionChoice {
  return { ...choice, base: choice.base ?? containers.base, images: containers.images, prefer: containers.engine };
}

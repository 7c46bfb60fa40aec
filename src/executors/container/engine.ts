import type { EngineName } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { runTool, type ToolEnd, type ToolRun, toolEnvironment } from "../environments/run-tool.ts";
import { engineFailure } from "./engine-failure.ts";
import { type EngineInfo, parseDockerInfo, parsePodmanInfo } from "./engine-info.ts";

/** A container engine that answered. */
export interface Engine extends EngineInfo {
  readonly name: EngineName;
  /** The client program: a name on PATH, or an absolute path. */
  readonly program: string;
  /** The user's environment, with what says where the engine is: DOCKER_HOST, CONTAINERS_CONF, XDG_RUNTIME_DIR. */
  readonly env: Readonly<Record<string, string>>;
}

export interface DetectOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Another client program than the first of its name on PATH. */
  readonly program?: string;
}

/** An engine that does not answer within this is as good as dead: a healthy one takes a fifth of a second. */
const ANSWER_MS = 15_000;

/** Asks an engine what it is and can do; a missing program, a dead daemon and one that refuses us are told apart. */
export async function detectEngine(name: EngineName, { env, signal, program = name }: DetectOptions): Promise<Result<Engine, Failure>> {
  const own = toolEnvironment(env);
  const asked = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const end = await runTool({ argv: [program, "info", "--format", "{{json .}}"], cwd: "/", env: own, signal: asked });
  if (asked.aborted && !signal.aborted)
    return err(engineFailure(name, { output: `no answer within ${ANSWER_MS / 1000} s`, missing: false }));
  const info = end.code === 0 ? (name === "podman" ? parsePodmanInfo(end.stdout) : parseDockerInfo(end.stdout)) : null;
  if (info !== null) return ok({ ...info, name, program, env: own });
  return err(engineFailure(name, { output: end.output, missing: end.code === null && end.output.endsWith("ENOENT") }));
}

/** Runs the engine's client once, to its end; in the root folder, unless another is named. */
export function runEngine(
  engine: Engine,
  args: readonly string[],
  options: Omit<ToolRun, "argv" | "env" | "cwd"> & { readonly cwd?: string },
): Promise<ToolEnd> {
  return runTool({ cwd: "/", ...options, argv: [engine.program, ...args], env: engine.env });
}

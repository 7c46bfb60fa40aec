import { runTool, toolEnvironment } from "./run-tool.ts";

/** A pip that answers: the given interpreter's own, else one on PATH; null when there is none. */
export async function findPip(python: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<readonly string[] | null> {
  for (const command of [[python, "-m", "pip"], ["pip3"], ["pip"]]) {
    const end = await runTool({ argv: [...command, "--version"], cwd: "/", env: toolEnvironment(env), signal });
    if (end.code === 0) return command;
  }
  return null;
}

import { spawnTool } from "../executors/spawn-tool.ts";

const PROGRAM = `
import importlib.metadata, sys
try:
    print(importlib.metadata.version(sys.argv[1]))
except importlib.metadata.PackageNotFoundError:
    sys.exit(1)
`;

/** Whether a Python can be started at all. */
export async function canAsk(python: string): Promise<boolean> {
  const { exitCode } = await spawnTool(python, ["-I", "-c", ""], { cwd: process.cwd(), signal: new AbortController().signal });
  return exitCode === 0;
}

/** Looks packages up in a Python by their metadata: nothing of them is imported. Null for what is not there, a Python included. */
export function pythonPackages(python: string): (name: string) => Promise<string | null> {
  const signal = new AbortController().signal;
  return async (name) => {
    const { exitCode, stdout } = await spawnTool(python, ["-I", "-c", PROGRAM, name], { cwd: process.cwd(), signal });
    return exitCode === 0 ? stdout.trim() : null;
  };
}

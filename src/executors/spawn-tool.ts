import { spawnProcess } from "./spawn.ts";

export interface ToolExit {
  /** Null when the program could not be started or was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no exit status; null when there is one. */
  readonly problem: string | null;
}

/** More output than this of one stream is cut: package clients say what matters early and late, and never this much. */
const MOST_OUTPUT = 4 << 20;

/** Runs one of the user's own programs (pip, npm) outside the sandbox, with the user's environment, to its end. */
export async function spawnTool(
  command: string,
  args: readonly string[],
  options: { cwd: string; signal: AbortSignal },
): Promise<ToolExit> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const child = await spawnProcess({
    argv: [command, ...args],
    cwd: options.cwd,
    env: Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    stdin: "ignore",
    inherit: [],
    onStdout: (chunk) => stdout.add(chunk),
    onStderr: (chunk) => stderr.add(chunk),
  });
  if ("failed" in child) {
    const problem = child.failed === "ENOENT" ? `${command} is not installed` : child.failed;
    return { exitCode: null, stdout: "", stderr: "", problem };
  }
  const onAbort = () => child.kill("SIGTERM");
  options.signal.addEventListener("abort", onAbort);
  if (options.signal.aborted) onAbort();
  const end = await child.ended;
  await child.drain(1000);
  options.signal.removeEventListener("abort", onAbort);
  return { exitCode: end.code, stdout: stdout.text, stderr: stderr.text, problem: end.signal };
}

class Collected {
  #chunks: Buffer[] = [];
  #size = 0;

  add(chunk: Buffer): void {
    if (this.#size < MOST_OUTPUT) this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

import { CommandLog } from "../command-log.ts";
import { type SpawnedProcess, spawnProcess } from "../spawn.ts";

export interface ToolRun {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Absolute path of the log that takes all output. */
  readonly log?: string;
  /** Descriptors handed on, so that a lock outlives us with the tool that still works under it. */
  readonly inherit?: readonly number[];
  /** Ends it, where SIGKILL to its whole process group, the default, would leave something behind. */
  stop?(child: SpawnedProcess): void;
  /** A line of its standard error, where progress is told. */
  onLine?(line: string): void;
  /** A line of its standard output. */
  onStdoutLine?(line: string): void;
}

export interface ToolEnd {
  /** Null when the program could not be started or was ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  /** Both outputs, their last part. */
  readonly output: string;
}

const KEPT_CHARACTERS = 256 << 10;

/** Runs a helper program (uv, pip, an interpreter) to its end. It is trusted: it gets the environment it is given and the network. */
export async function runTool(run: ToolRun): Promise<ToolEnd> {
  const log = run.log === undefined ? null : new CommandLog(run.log);
  log?.write(Buffer.from(`$ ${run.argv.join(" ")}\n`));
  const seen = { stdout: "", output: "" };
  const take = (chunk: Buffer) => {
    log?.write(chunk);
    seen.output = (seen.output + chunk.toString("utf8")).slice(-KEPT_CHARACTERS);
  };
  const lines = new WholeLines((line) => run.onLine?.(line));
  const stdoutLines = new WholeLines((line) => run.onStdoutLine?.(line));
  const child = await spawnProcess({
    ...run,
    stdin: "ignore",
    inherit: run.inherit ?? [],
    onStdout: (chunk) => {
      seen.stdout = (seen.stdout + chunk.toString("utf8")).slice(-KEPT_CHARACTERS);
      stdoutLines.push(chunk);
      take(chunk);
    },
    onStderr: (chunk) => {
      take(chunk);
      lines.push(chunk);
    },
  });
  if ("failed" in child) {
    log?.write(Buffer.from(`${child.failed}\n`));
    log?.close();
    return { code: null, stdout: "", output: `${run.argv[0]}: ${child.failed}` };
  }
  const abort = () => (run.stop === undefined ? child.kill("SIGKILL") : run.stop(child));
  run.signal.addEventListener("abort", abort);
  if (run.signal.aborted) abort();
  const { code } = await child.ended;
  run.signal.removeEventListener("abort", abort);
  await child.drain(2000);
  log?.close();
  return { code, ...seen };
}

/** The user's environment for a helper program: all of it but what would bend which Python it works for. */
export function toolEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const left: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !BENDING.has(name)) left[name] = value;
  return left;
}

const BENDING = new Set([
  ...["VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"],
  ...[
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_CONSTRAINT",
    "UV_OVERRIDE",
    "UV_NO_VERIFY_HASHES",
    "UV_PRERELEASE",
    "UV_CACHE_DIR",
    "UV_NO_CACHE",
  ],
  ...["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_CONSTRAINT", "PIP_NO_BINARY"],
]);

/** Puts chunks together to lines. */
class WholeLines {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString("utf8")).split("\n");
    this.#rest = (lines.pop() ?? "").slice(-KEPT_CHARACTERS);
    for (const line of lines) if (line.trim() !== "") this.#onLine(line.trim());
  }
}

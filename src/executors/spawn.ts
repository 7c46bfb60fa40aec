import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { errorCode } from "../system/error-code.ts";
import type { EndStatus } from "./exit-status.ts";
import { leakedDescriptors, nullDescriptor } from "./leaked-descriptors.ts";

export interface ProcessOutput {
  onStdout(chunk: Buffer): void;
  onStderr(chunk: Buffer): void;
}

export interface SpawnRequest extends ProcessOutput {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing of ours is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: "ignore" | "pipe";
  /** Open descriptors that appear as 3, 4, ... in the process. */
  readonly inherit: readonly number[];
}

export interface SpawnedProcess {
  readonly pid: number;
  readonly stdin: Writable | null;
  /** Settles when the process has ended, whoever still holds its output open. */
  readonly ended: Promise<EndStatus>;
  /** Settles when all output has been seen, or `patienceMs` after the call at the latest. */
  drain(patienceMs: number): Promise<void>;
  /** Signals the process and its process group; silent when all are gone. */
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts a program: the one place that does. It leads a process group of its own, so that the terminal's Ctrl-C reaches Fettle
 * alone and a whole tree can be signalled at once.
 *
 * @returns the process, or the system's name of the error (`ENOENT`) when it could not be started.
 */
export async function spawnProcess(request: SpawnRequest): Promise<SpawnedProcess | { readonly failed: string }> {
  // Loading execa takes a tenth of a second: a build answered from the store does not pay for it.
  const { execa } = await import("execa");
  const [file = "", ...args] = request.argv;
  const subprocess = execa(file, args, {
    cwd: request.cwd,
    env: request.env,
    extendEnv: false,
    // The types know descriptors up to 9 only; any open one is handed on as it is.
    stdio: [request.stdin, "pipe", "pipe", ...([...request.inherit, ...coverLeaks(3 + request.inherit.length)] as readonly 3[])],
    buffer: false,
    encoding: "buffer",
    reject: false,
    detached: true,
  });
  const ended = endOf(subprocess.nodeChildProcess);
  if (subprocess.pid === undefined) return { failed: errorCode(await subprocess) ?? "unknown error" };
  const outputs = [read(subprocess.stdout, request.onStdout), read(subprocess.stderr, request.onStderr)];
  // A process that stops reading is seen by its exit, not by a broken pipe.
  subprocess.stdin?.on("error", () => {});
  const { pid } = subprocess;
  return {
    pid,
    stdin: subprocess.stdin ?? null,
    ended,
    drain: (patienceMs) => drain(outputs, patienceMs),
    kill: (signal) => killGroup(pid, signal),
  };
}

/** What stands in the places from `first` on: nothing in the place of each descriptor that would come through from our parent. */
function coverLeaks(first: number): (number | "ignore")[] {
  const leaks = leakedDescriptors().filter((descriptor) => descriptor >= first);
  const places = Array.from({ length: Math.max(0, ...leaks.map((leak) => leak + 1 - first)) }, (_, index) => first + index);
  return places.map((place) => (leaks.includes(place) ? nullDescriptor() : "ignore"));
}

function endOf(child: ChildProcess): Promise<EndStatus> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

interface Output {
  readonly stream: Readable;
  readonly closed: Promise<void>;
}

function read(stream: Readable | null, onChunk: (chunk: Buffer) => void): Output | null {
  if (stream === null) return null;
  stream.on("data", onChunk);
  stream.on("error", () => {});
  return { stream, closed: new Promise((resolve) => stream.once("close", () => resolve())) };
}

async function drain(outputs: readonly (Output | null)[], patienceMs: number): Promise<void> {
  const open = outputs.filter((output) => output !== null);
  const timer = setTimeout(() => {
    for (const { stream } of open) stream.destroy();
  }, patienceMs);
  await Promise.all(open.map((output) => output.closed));
  clearTimeout(timer);
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

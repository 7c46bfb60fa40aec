import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

import { onTestFailed, onTestFinished } from "vitest";
import type { BuildEvent } from "../../src/domain/event.ts";
import { inRepository } from "./repository.ts";
import { scratchFolder } from "./scratch.ts";

const PROGRAM = inRepository("bin/fettle");

/** How a run of the program ended, and all it printed. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningFettle {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** The first event of a build (`events: true`), past or to come, that fits; fails when the program ends without one. */
  event<T extends BuildEvent["type"]>(type: T, step?: string): Promise<Extract<BuildEvent, { type: T }>>;
  kill(signal: NodeJS.Signals): void;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Have a build tell its events as they come. */
  readonly events?: boolean;
}

/**
 * Starts the real program, as a user's shell would, in a folder of the test's own. It ends with the test at the latest; what it printed is
 * shown when the test fails.
 */
export function startFettle(args: readonly string[], { cwd, env = {}, events = false }: RunOptions): RunningFettle {
  const fifo = events ? makeFifo() : null;
  const words = [...args, ...(fifo === null ? [] : ["--events", fifo.path])];
  const child = spawn(PROGRAM, words, { cwd, env: cleanEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
  const { stdout, stderr } = child;
  const printed = { stdout: collect(stdout), stderr: collect(stderr) };
  const told = new EventStream(fifo?.reader.stdout ?? Readable.from([]));
  // A program that never opened the pipe leaves its reader waiting.
  child.once("close", () => fifo !== null && letGo(fifo.path));
  const ended = once(child, "close").then(
    ([code, signal]): Ended => ({ code, signal, stdout: printed.stdout(), stderr: printed.stderr() }),
  );
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  onTestFailed(() => {
    process.stderr.write(`\n$ fettle ${words.join(" ")}\n--- stdout\n${printed.stdout()}\n--- stderr\n${printed.stderr()}\n`);
  });
  return {
    pid: child.pid ?? -1,
    ended,
    event: async (type, step) => (await told.find((event) => event.type === type && isOf(event, step))) as never,
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs the program to its end. */
export async function fettle(args: readonly string[], options: RunOptions): Promise<Ended> {
  return await startFettle(args, options).ended;
}

// What a CI system or a user's shell sets must not decide a test; what says how to reach packages must stay.
function cleanEnvironment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const left = Object.entries(process.env).filter(
    ([name]) => !/^(?:CI$|GITHUB_|FETTLE_|XDG_|NODE_|VITEST|FORCE_COLOR$|COLUMNS$|TERM$)/.test(name),
  );
  const kept = process.env.NODE_EXTRA_CA_CERTS;
  return { ...Object.fromEntries(left), ...(kept !== undefined && { NODE_EXTRA_CA_CERTS: kept }), NO_COLOR: "1", LANG: "C.UTF-8", ...own };
}

/**
 * A pipe with a name, and what comes out of it. A process of its own reads it: reading it here would block one of Node's few threads for
 * files as long as nobody writes.
 */
function makeFifo(): { readonly path: string; readonly reader: ChildProcess & { readonly stdout: Readable } } {
  const path = join(scratchFolder("events"), "events.ndjson");
  execFileSync("mkfifo", [path]);
  return { path, reader: spawn("cat", [path], { stdio: ["ignore", "pipe", "inherit"] }) };
}

/** Opens and closes a pipe for writing, so that a reader which still waits for a writer comes to its end. */
function letGo(path: string): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Nobody reads it any more.
  }
}

function collect(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

function isOf(event: BuildEvent, step: string | undefined): boolean {
  return step === undefined || ("step" in event && event.step === step);
}

/** The lines of `--events` as they are written. */
class EventStream {
  readonly #events: BuildEvent[] = [];
  #waiting: (() => void)[] = [];
  #over = false;

  constructor(stream: Readable) {
    const lines = createInterface({ input: stream });
    lines.on("line", (line) => {
      this.#events.push(JSON.parse(line) as BuildEvent);
      this.#wake();
    });
    lines.on("close", () => {
      this.#over = true;
      this.#wake();
    });
  }

  async find(fits: (event: BuildEvent) => boolean): Promise<BuildEvent> {
    for (;;) {
      const found = this.#events.find(fits);
      if (found !== undefined) return found;
      if (this.#over)
        throw new Error(`the program ended without the event; it told: ${this.#events.map((event) => event.type).join(", ")}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

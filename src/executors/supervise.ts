import { randomUUID } from "node:crypto";
import type { CommandExit, Limits } from "../domain/command.ts";
import type { Json } from "../domain/json.ts";
import { CommandLog } from "./command-log.ts";
import { decodeStatus, type EndStatus } from "./exit-status.ts";
import { JsonLineReader } from "./json-lines.ts";
import { type MemoryWatch, watchMemory } from "./memory-watch.ts";
import { kernelOomKills, processesMarked } from "./process-tree.ts";
import { type SpawnedProcess, spawnProcess } from "./spawn.ts";

export interface SupervisedCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: "ignore" | "pipe";
  readonly inherit: readonly number[];
  readonly limits: Limits;
  readonly log: string;
  readonly signal: AbortSignal;
  /** The command's namespace ends all its processes with it; without one they are hunted down by a mark in their environment. */
  readonly contained: boolean;
  /** The wrapper reports a signal as status 128 + n, as shells do. */
  readonly signalsAsStatus: boolean;
  onMessage(message: Json): void;
}

export interface Supervised {
  readonly pid: number;
  /** One line to the command's standard input. */
  send(line: string): void;
  closeInput(): void;
  /** Stops the whole tree; the first reason given is the one that counts. */
  stop(reason: NonNullable<CommandExit["stopped"]>): void;
  readonly exit: Promise<CommandExit>;
}

/** Name of the variable that marks the processes of an uncontained command. */
const MARK = "FETTLE_RUN";
/** Between the polite signal and the one that cannot be refused; nothing a command does then is kept, so it is short. */
const GRACE_MS = 2000;
/** For output that is still in the pipes when all processes are gone. */
const DRAIN_MS = 2000;

/** Starts a command and holds it to its limits. A command that cannot be started gives the system's name of the error. */
export async function supervise(command: SupervisedCommand): Promise<Supervised | { readonly failed: string }> {
  const mark = randomUUID();
  const log = new CommandLog(command.log);
  const lines = new JsonLineReader({ onMessage: command.onMessage, onOther: (bytes) => log.write(bytes) });
  const oomKills = kernelOomKills();
  const started = performance.now();
  const child = await spawnProcess({
    ...command,
    env: command.contained ? command.env : { ...command.env, [MARK]: mark },
    onStdout: (chunk) => lines.push(chunk),
    onStderr: (chunk) => log.write(chunk),
  });
  if ("failed" in child) {
    log.close();
    return child;
  }
  const stopper = new Stopper(child, command.contained);
  const watch = watchMemory(child.pid, command.limits.memoryBytes, () => stopper.stop("out-of-memory"));
  const cleanUp = holdToLimits(command, stopper);
  const finish = async (): Promise<CommandExit> => {
    const end = await child.ended;
    cleanUp();
    watch.stop();
    stopper.ended();
    killSurvivors(child, command.contained ? null : mark);
    await child.drain(DRAIN_MS);
    lines.end();
    log.close();
    return exitOf({ end: command.signalsAsStatus ? decodeStatus(end) : end, stopper, watch, started, oomKills });
  };
  return {
    pid: child.pid,
    send: (line) => child.stdin?.write(`${line}\n`),
    closeInput: () => child.stdin?.end(),
    stop: (reason) => stopper.stop(reason),
    exit: finish(),
  };
}

class Stopper {
  reason: CommandExit["stopped"] = null;
  readonly #child: SpawnedProcess;
  readonly #contained: boolean;
  #timer: NodeJS.Timeout | null = null;

  constructor(child: SpawnedProcess, contained: boolean) {
    this.#child = child;
    this.#contained = contained;
  }

  stop(reason: NonNullable<CommandExit["stopped"]>): void {
    if (this.reason !== null) return;
    this.reason = reason;
    // A namespace's first process cannot be asked, and a hog must not get time to take more.
    const atOnce = this.#contained || reason === "out-of-memory";
    this.#child.kill(atOnce ? "SIGKILL" : "SIGTERM");
    this.#timer = setTimeout(() => this.#child.kill("SIGKILL"), GRACE_MS);
  }

  ended(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

function holdToLimits(command: SupervisedCommand, stopper: Stopper): () => void {
  const timer = setTimeout(() => stopper.stop("timed-out"), command.limits.timeoutMs);
  const abort = () => stopper.stop("interrupted");
  command.signal.addEventListener("abort", abort);
  if (command.signal.aborted) abort();
  return () => {
    clearTimeout(timer);
    command.signal.removeEventListener("abort", abort);
  };
}

// The group first; then those that left it. A process may fork while we look, so until none is found.
function killSurvivors(child: SpawnedProcess, mark: string | null): void {
  child.kill("SIGKILL");
  if (mark === null) return;
  for (let round = 0; round < 10; round += 1) {
    const survivors = processesMarked(MARK, mark);
    if (survivors.length === 0) return;
    for (const pid of survivors) tryKill(pid);
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

interface ExitParts {
  readonly end: EndStatus;
  readonly stopper: Stopper;
  readonly watch: MemoryWatch;
  readonly started: number;
  readonly oomKills: number | null;
}

function exitOf({ end, stopper, watch, started, oomKills }: ExitParts): CommandExit {
  const byKernel = stopper.reason === null && end.signal === "SIGKILL" && oomKills !== null && (kernelOomKills() ?? 0) > oomKills;
  return {
    ...end,
    stopped: byKernel ? "out-of-memory" : stopper.reason,
    seconds: (performance.now() - started) / 1000,
    peakMemoryBytes: watch.peakBytes,
  };
}

import { randomUUID } from "node:crypto";
import type { CommandExit, Limits } from "../domain/command.ts";
import type { Json } from "../domain/json.ts";
import { CommandLog } from "./command-log.ts";
import { decodeStatus, type EndStatus } from "./exit-status.ts";
import { JsonLineReader } from "./json-lines.ts";
import { kernelOomKills, processesMarked } from "./process-tree.ts";
import { type ProcessOutput, type SpawnedProcess, spawnProcess } from "./spawn.ts";
import { type GroupFigures, type TreeWatch, watchTree } from "./tree-watch.ts";

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
  /** A group of the kernel's that it enters by itself, where there is one. */
  readonly within?: CommandGroup;
  /** Starts it in another way than as a process of ours. */
  start?(io: ProcessOutput): Promise<SpawnedProcess | { readonly failed: string }>;
  onMessage(message: Json): void;
}

/** What the kernel knows of a command's processes, wherever they went. */
export interface CommandGroup extends GroupFigures {
  /** Kills all that is there, and lets nothing more be started. */
  kill(): void;
  /** Kills all that is left, and takes the group away. */
  remove(): Promise<void>;
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
  const io: ProcessOutput = { onStdout: (chunk) => lines.push(chunk), onStderr: (chunk) => log.write(chunk) };
  const env = command.contained ? command.env : { ...command.env, [MARK]: mark };
  const child = withGroup(await (command.start?.(io) ?? spawnProcess({ ...command, env, ...io })), command.within);
  if ("failed" in child) {
    log.close();
    return child;
  }
  const stopper = new Stopper(child, command.contained);
  const watch = watchTree({ pid: child.pid, group: command.within ?? null }, command.limits, (excess) => stopper.stop(excess));
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
    const decoded = command.signalsAsStatus ? decodeStatus(end) : end;
    return exitOf({ end: decoded, stopper, watch, started, oomKills, group: command.within ?? null });
  };
  return {
    pid: child.pid,
    send: (line) => child.stdin?.write(`${line}\n`),
    closeInput: () => child.stdin?.end(),
    stop: (reason) => stopper.stop(reason),
    exit: finish(),
  };
}

type Started = SpawnedProcess | { readonly failed: string };

/** A process whose end is that of its group. */
function withGroup(child: Started, group: SupervisedCommand["within"]): Started {
  if (group === undefined) return child;
  if ("failed" in child) {
    void group.remove();
    return child;
  }
  return {
    ...child,
    kill: (signal) => {
      child.kill(signal);
      if (signal === "SIGKILL") group.kill();
    },
    ended: child.ended.then(async (end) => {
      await group.remove();
      return end;
    }),
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
    const atOnce = this.#contained || reason === "out-of-memory" || reason === "too-many-processes";
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
  readonly watch: TreeWatch;
  readonly started: number;
  readonly oomKills: number | null;
  readonly group: GroupFigures | null;
}

function exitOf({ end, stopper, watch, started, oomKills, group }: ExitParts): CommandExit {
  const overGroup = group?.outOfMemory() ?? null;
  const byMachine = end.signal === "SIGKILL" && oomKills !== null && (kernelOomKills() ?? 0) > oomKills;
  const byKernel = stopper.reason === null && end.code !== 0 && (overGroup !== null || byMachine);
  return {
    ...end,
    stopped: byKernel ? "out-of-memory" : stopper.reason,
    seconds: (performance.now() - started) / 1000,
    peakMemoryBytes: Math.max(watch.peakBytes, overGroup ?? 0),
  };
}

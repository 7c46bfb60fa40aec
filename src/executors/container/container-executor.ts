import { existsSync } from "node:fs";
import { mkdtemp, readdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CommandExit, CommandSpec, EngineName, Executor, OpenCommand, RunOptions } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import type { Json } from "../../domain/json.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { diskFailure } from "../../system/disk-failure.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { Conversation, openCommand } from "../open-command.ts";
import { INSIDE } from "../sandbox/bubblewrap-argv.ts";
import { commandEnvironment, commandWords, SANDBOX_USER } from "../sandbox/command-environment.ts";
import { type Supervised, supervise } from "../supervise.ts";
import { Container } from "./container.ts";
import { newContainerName } from "./container-name.ts";
import { type ContainerUser, containerUser } from "./container-user.ts";
import type { Engine } from "./engine.ts";
import { copyInputs, isAtMost, MOST_COPIED_BYTES, removeInputs } from "./input-copies.ts";
import { type KeptContainer, KeptContainers } from "./kept-containers.ts";
import { containerOomKills } from "./oom-kills.ts";
import { ownLimits } from "./own-limits.ts";
import { removeOrphans } from "./remove-orphans.ts";
import { KEEPER } from "./run-argv.ts";
import { giveTo } from "./workspace-owner.ts";

export interface ContainerExecutorOptions {
  /** Keep containers for one-shot commands (the default); else each command gets its own. */
  readonly keep?: boolean;
  /**
   * Folder for the workspaces of kept containers and small files that containers see, on the file system of the commands' own
   * workspaces; beside those by default.
   */
  readonly keptIn?: string;
}

const OOM_LOOK_MS = 250;

/** What goes in and out of a command. */
interface Channel {
  readonly stdin: "ignore" | "pipe";
  onMessage(message: Json): void;
}

/**
 * Runs commands in containers of one engine. One-shot commands share kept containers, one command at a time, each cleaned after it;
 * commands that stay open, that use a device or that read much get a container of their own.
 */
export class ContainerExecutor implements Executor {
  readonly isolation: EngineName;
  readonly #engine: Engine;
  readonly #user: ContainerUser;
  readonly #keep: boolean;
  readonly #kept = new KeptContainers();
  readonly #keptIn: string | null;
  /** Small files of ours that containers see, by the folder that they lie in: where a killed Fettle's workspaces are swept, they are too. */
  readonly #files = new Map<string, Promise<string>>();
  #orphans: Promise<void> | null = null;

  constructor(engine: Engine, { keep = true, keptIn }: ContainerExecutorOptions = {}) {
    this.#keptIn = keptIn ?? null;
    this.isolation = engine.name;
    this.#engine = engine;
    this.#keep = keep;
    this.#user = containerUser(engine, { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
  }

  async run(spec: CommandSpec, options: RunOptions): Promise<Result<CommandExit, Failure>> {
    const channel: Channel = { stdin: "ignore", onMessage: (message) => options.onMessage?.(message) };
    return await orDiskFailure(spec.workspace, async () => {
      const isKept = this.#keep && spec.devices.length === 0 && (await isAtMost(spec.mounts, MOST_COPIED_BYTES));
      return isKept ? await this.#runKept(spec, options, channel) : await this.#runAlone(spec, options, channel);
    });
  }

  async open(spec: CommandSpec, options: RunOptions): Promise<Result<OpenCommand, Failure>> {
    const conversation = new Conversation((message) => options.onMessage?.(message));
    const channel: Channel = { stdin: "pipe", onMessage: (message) => conversation.take(message) };
    return await orDiskFailure(spec.workspace, async () => {
      const started = await this.#startAlone(spec, options, channel);
      return started.ok ? ok(openCommand(started.value.command, conversation)) : started;
    });
  }

  async close(): Promise<void> {
    await this.#kept.close();
    await this.#orphans;
    for (const folder of this.#files.values()) await removeFolder(await folder);
  }

  async #runAlone(spec: CommandSpec, options: RunOptions, channel: Channel): Promise<Result<CommandExit, Failure>> {
    const started = await this.#startAlone(spec, options, channel);
    if (!started.ok) return started;
    const { command, container } = started.value;
    return settle(await command.exit, container, spec);
  }

  async #startAlone(
    spec: CommandSpec,
    options: RunOptions,
    channel: Channel,
  ): Promise<Result<{ command: Supervised; container: Container }, Failure>> {
    const mounts = spec.mounts.map(({ source, at }) => ({ source, target: `${INSIDE.workspace}/${at}` }));
    await this.#handOver(spec.workspace);
    const started = await this.#startContainer(spec, { workspace: spec.workspace, mounts, inherit: options.inherit ?? [] });
    if (!started.ok) return started;
    const container = started.value;
    const command = await this.#begin(container, spec, { ...options, ...channel, isKept: false });
    const exit = command.exit.then(async (end) => {
      if (!container.isLost) await this.#takeBack(spec.workspace);
      return end;
    });
    return ok({ command: { ...command, exit }, container });
  }

  async #runKept(spec: CommandSpec, options: RunOptions, channel: Channel): Promise<Result<CommandExit, Failure>> {
    const parent = this.#parentOf(spec);
    const key = JSON.stringify([spec.environment.image?.id, { ...spec.limits, timeoutMs: null }, parent]);
    const taken = await this.#kept.take(key, parent, async (workspace) => {
      await this.#handOver(workspace);
      return await this.#startContainer(spec, { workspace, mounts: [], inherit: [] });
    });
    if (!taken.ok) return taken;
    const kept = taken.value;
    let isUsable = false;
    try {
      const exit = await this.#serve(kept, spec, { ...options, ...channel });
      isUsable = !kept.container.isLost;
      return settle(exit, kept.container, spec);
    } finally {
      await this.#kept.giveBack(kept, isUsable);
    }
  }

  // The workspace's contents become those of the container's /workspace while the command runs, and come back after it.
  async #serve(kept: KeptContainer, spec: CommandSpec, options: RunOptions & Channel): Promise<CommandExit> {
    await moveAll(spec.workspace, kept.folder);
    await this.#handOver(kept.folder);
    await copyInputs(kept.folder, spec.mounts);
    try {
      const command = await this.#begin(kept.container, spec, { ...options, isKept: true });
      return await command.exit;
    } finally {
      // In a container that was lost something may still run: nothing is done there that a link could lead astray.
      if (!kept.container.isLost) {
        await removeInputs(kept.folder, spec.mounts);
        await this.#takeBack(kept.folder);
        await moveAll(kept.folder, spec.workspace);
      }
    }
  }

  async #begin(container: Container, spec: CommandSpec, how: RunOptions & Channel & { isKept: boolean }): Promise<Supervised> {
    const [argv, env] = [commandWords(spec, INSIDE), commandEnvironment(spec, INSIDE)];
    const started = await supervise({
      ...{ argv, env, cwd: spec.workspace, stdin: how.stdin, inherit: [], limits: spec.limits, log: spec.log, signal: how.signal },
      contained: true,
      signalsAsStatus: false,
      onMessage: how.onMessage,
      start: async (output) => container.begin({ argv, env, stdin: how.stdin, wipe: how.isKept }, output),
    });
    if ("failed" in started) throw new Error(`a container's command cannot fail to start: ${started.failed}`);
    return { ...started, exit: this.#watchOomKills(container, started, spec.limits.memoryBytes) };
  }

  // The kernel ends one process of several, and the rest may wait for it for ever.
  async #watchOomKills(container: Container, command: Supervised, memoryBytes: number): Promise<CommandExit> {
    const before = containerOomKills(container.pid);
    const more = () => before !== null && (containerOomKills(container.pid) ?? before) > before;
    const timer = setInterval(() => {
      if (more()) command.stop("out-of-memory");
    }, OOM_LOOK_MS);
    const exit = await command.exit;
    clearInterval(timer);
    const stopped = exit.stopped === null && exit.code !== 0 && more() ? "out-of-memory" : exit.stopped;
    // The kernel looked closer than we do.
    const peak = stopped === "out-of-memory" ? Math.max(memoryBytes, exit.peakMemoryBytes) : exit.peakMemoryBytes;
    return { ...exit, stopped, peakMemoryBytes: peak };
  }

  async #startContainer(
    spec: CommandSpec,
    place: { workspace: string; mounts: readonly { source: string; target: string }[]; inherit: readonly number[] },
  ): Promise<Result<Container, Failure>> {
    const { image, root, name } = spec.environment;
    if (image === null) return err({ reason: "internal-error", message: `The environment ${name} is no image of ${this.isolation}'s.` });
    this.#orphans ??= removeOrphans(this.#engine, AbortSignal.timeout(20_000));
    const folder = await this.#ownFolder(this.#parentOf(spec));
    const container = newContainerName();
    return await Container.start({
      engine: this.#engine,
      inherit: place.inherit,
      request: {
        engine: this.#engine,
        container,
        image: image.id,
        python: `${root}/bin/python`,
        user: this.#user,
        workspace: place.workspace,
        mounts: [
          { source: containerDirectory("keeper"), target: KEEPER.slice(0, KEEPER.lastIndexOf("/")) },
          { source: join(folder, "passwd"), target: "/etc/passwd" },
          { source: join(folder, "group"), target: "/etc/group" },
          ...place.mounts,
        ],
        devices: spec.devices,
        limits: ownLimits(spec.limits),
        selinux: existsSync("/sys/fs/selinux/enforce"),
        idFile: join(folder, `${container}.id`),
      },
    });
  }

  #parentOf({ workspace }: CommandSpec): string {
    return this.#keptIn ?? dirname(workspace);
  }

  #ownFolder(parent: string): Promise<string> {
    const made = this.#files.get(parent) ?? makeOwnFolder(parent, this.#user);
    this.#files.set(parent, made);
    return made;
  }

  async #handOver(folder: string): Promise<void> {
    if (this.#user.handOver) await giveTo(this.#user, folder);
  }

  async #takeBack(folder: string): Promise<void> {
    if (this.#user.handOver) await giveTo({ uid: 0, gid: 0 }, folder);
  }
}

/** A container that was lost under a command says why, unless Fettle stopped it or the kernel ended it. */
function settle(exit: CommandExit, container: Container, spec: CommandSpec): Result<CommandExit, Failure> {
  const isEngines = container.isLost && exit.stopped === null && exit.signal === null;
  return isEngines ? err(container.failure(spec.log)) : ok(exit);
}

// Without account files of its own `getpwuid` fails inside.
async function makeOwnFolder(parent: string, { uid, gid }: ContainerUser): Promise<string> {
  const folder = await mkdtemp(join(parent, ".files-"));
  const isRoot = uid === 0;
  const root = "root:x:0:0:root:/:/sbin/nologin\n";
  const own = `${SANDBOX_USER}:x:${uid}:${gid}::${INSIDE.home}:/bin/sh\n`;
  await writeFile(join(folder, "passwd"), isRoot ? own : root + own, { mode: 0o644 });
  await writeFile(join(folder, "group"), isRoot ? `${SANDBOX_USER}:x:0:\n` : `root:x:0:\n${SANDBOX_USER}:x:${gid}:\n`, { mode: 0o644 });
  return folder;
}

async function moveAll(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
}

async function orDiskFailure<T>(workspace: string, work: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
  try {
    return await work();
  } catch (error) {
    const failure = await diskFailure(error, workspace);
    if (failure === null) throw error;
    return err(failure);
  }
}

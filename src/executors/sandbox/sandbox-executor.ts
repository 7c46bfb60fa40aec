import type { CommandExit, CommandSpec, Executor, Isolation, OpenCommand, RunOptions } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import type { Json } from "../../domain/json.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { diskFailure } from "../../system/disk-failure.ts";
import { Conversation, openCommand } from "../open-command.ts";
import { type Supervised, supervise } from "../supervise.ts";
import { bubblewrapArgv, INSIDE } from "./bubblewrap-argv.ts";
import type { Way } from "./choose-isolation.ts";
import { commandEnvironment, commandWords, type InsidePaths } from "./command-environment.ts";
import { findGroupBases, type GroupBases, makeControlGroup } from "./control-group.ts";
import { type HostView, readHostView } from "./host-view.ts";
import { interpreterFolders } from "./interpreter-folders.ts";
import { limitWords, readLimitMeans } from "./limit-words.ts";
import { namespacesArgv } from "./namespaces-argv.ts";
import { linkMounts, makePrivateFolders, type PrivateFolders } from "./private-folders.ts";
import { processArgv } from "./process-argv.ts";

const SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";

/** Runs commands on this machine, shut in one way. */
export class SandboxExecutor implements Executor {
  readonly isolation: Isolation;
  readonly #way: Way;
  readonly #host: HostView = readHostView();
  readonly #means = readLimitMeans();
  #bases: GroupBases | null = null;

  constructor(way: Way) {
    this.isolation = way.isolation;
    this.#way = way;
  }

  async run(spec: CommandSpec, options: RunOptions): Promise<Result<CommandExit, Failure>> {
    const onMessage = (message: Json) => options.onMessage?.(message);
    const started = await this.#start(spec, options, { stdin: "ignore", onMessage });
    return started.ok ? ok(await started.value.exit) : started;
  }

  async open(spec: CommandSpec, options: RunOptions): Promise<Result<OpenCommand, Failure>> {
    const conversation = new Conversation((message) => options.onMessage?.(message));
    const started = await this.#start(spec, options, { stdin: "pipe", onMessage: (message) => conversation.take(message) });
    return started.ok ? ok(openCommand(started.value, conversation)) : started;
  }

  /** Each command ends with its own wrapper: nothing is kept. */
  async close(): Promise<void> {}

  async #start(
    spec: CommandSpec,
    options: RunOptions,
    channel: { stdin: "ignore" | "pipe"; onMessage(message: Json): void },
  ): Promise<Result<Supervised, Failure>> {
    const line = await this.#commandLine(spec);
    if (!line.ok) return line;
    const { argv, env } = line.value;
    this.#bases ??= findGroupBases();
    const group = makeControlGroup(this.#bases, spec.limits);
    const started = await supervise({
      ...channel,
      argv: group === null ? argv : group.enter(argv),
      env,
      cwd: spec.workspace,
      inherit: options.inherit ?? [],
      limits: spec.limits,
      log: spec.log,
      signal: options.signal,
      contained: this.#way.isolation !== "process",
      signalsAsStatus: this.#way.isolation !== "process",
      ...(group !== null && { within: group }),
    });
    return "failed" in started ? err(cannotStart(argv, started.failed, spec)) : ok(started);
  }

  async #commandLine(spec: CommandSpec): Promise<Result<{ argv: string[]; env: Record<string, string> }, Failure>> {
    try {
      const folders = await makePrivateFolders(spec.workspace);
      const inside = this.#inside(spec, folders);
      const limited = limitWords(spec.limits, this.#way.isolation, this.#means);
      const env = commandEnvironment(spec, inside);
      // The command's own PATH begins in its environment: not for the programs that shut it in, or a package could bring its own.
      const words = ["env", `PATH=${env.PATH}`, ...commandWords(spec, inside)];
      const argv = [...(await this.#wrapper(spec, folders)), ...limited, ...words];
      return ok({ argv, env: { ...env, PATH: process.env.PATH ?? SYSTEM_PATH } });
    } catch (error) {
      const failure = await diskFailure(error, spec.workspace);
      if (failure === null) throw error;
      return err(failure);
    }
  }

  #inside(spec: CommandSpec, folders: PrivateFolders): InsidePaths {
    if (this.#way.isolation === "bubblewrap") return INSIDE;
    return { workspace: spec.workspace, home: folders.home, temporary: folders.temporary };
  }

  async #wrapper(spec: CommandSpec, folders: PrivateFolders): Promise<string[]> {
    if (this.#way.isolation === "bubblewrap") {
      const interpreter = await interpreterFolders(spec.environment.root);
      const { workspace, mounts, shown = [] } = spec;
      // Names of the Container Device Interface are for engines; a lease gives the node beside them.
      const devices = spec.devices.flatMap((device) => (device.kind === "node" ? [device.path] : []));
      return bubblewrapArgv({ host: this.#host, interpreter, workspace, mounts, devices, shown, folders });
    }
    await linkMounts(spec.workspace, spec.mounts);
    return this.#way.isolation === "namespaces" ? namespacesArgv(this.#way.form) : processArgv(this.#way.hasSetpriv);
  }
}

function cannotStart(argv: readonly string[], why: string, spec: CommandSpec): Failure {
  return { reason: "internal-error", message: `The command ${argv[0]} could not be started: ${why}.`, log: spec.log };
}

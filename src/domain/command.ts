import type { EnvironmentHandle } from "./environment.ts";
import type { Failure } from "./failure.ts";
import type { Json } from "./json.ts";
import type { Result } from "./result.ts";

/** A folder or file that a command may read, at a place relative to its workspace. */
export interface Mount {
  /** Absolute path on this machine. */
  readonly source: string;
  /** Relative to the workspace: `in/model`. */
  readonly at: string;
}

/** A device a command may use, beside the processors. */
export type DeviceGrant =
  /** A device node, or a folder of them: `/dev/dri/renderD128`, `/dev/accel`. */
  | { readonly kind: "node"; readonly path: string }
  /** A device by its Container Device Interface name: `nvidia.com/gpu=GPU-8f6c...`. */
  | { readonly kind: "cdi"; readonly name: string };

/** A command as plain data: what to run, with what to see and what to be held to. Nothing in it says how it is isolated. */
export interface CommandSpec {
  /** Name of the step, for logs and process titles. */
  readonly label: string;
  /** `python` as the first word means the environment's interpreter. Later words may be workspace-relative paths. */
  readonly argv: readonly string[];
  readonly environment: EnvironmentHandle;
  /** Absolute path of the folder the command runs in and may write to. */
  readonly workspace: string;
  readonly mounts: readonly Mount[];
  readonly devices: readonly DeviceGrant[];
  /** Absolute paths of this machine that it sees read-only at their own place, beside those that every command sees. Never for a container. */
  readonly shown?: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly limits: Limits;
  /** Absolute path of the file that takes everything the command prints. */
  readonly log: string;
}

export interface Limits {
  readonly timeoutMs: number;
  /** Resident memory of the whole process tree. */
  readonly memoryBytes: number;
  /** Processes and threads of the whole tree at one time. */
  readonly processes: number;
  /** Size of any file it writes, holes included, and of all it leaves in `out/` together. */
  readonly outputBytes: number;
}

/** How a command ended. */
export interface CommandExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Fettle (for memory: or the kernel) stopped it, and why; null when it ended by itself. */
  readonly stopped: "timed-out" | "out-of-memory" | "too-many-processes" | "interrupted" | null;
  readonly seconds: number;
  readonly peakMemoryBytes: number;
}

/** The ways a command is shut in on this machine itself, strongest first. */
export const SANDBOX_ISOLATIONS = ["bubblewrap", "namespaces", "process"] as const;
export type SandboxIsolation = (typeof SANDBOX_ISOLATIONS)[number];

/** The container engines that can shut a command in. */
export const ENGINE_NAMES = ["podman", "docker"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** What shuts a command in. */
export const ISOLATIONS = [...SANDBOX_ISOLATIONS, ...ENGINE_NAMES] as const;
export type Isolation = (typeof ISOLATIONS)[number];

export interface RunOptions {
  readonly signal: AbortSignal;
  /** A JSON line of the worker's protocol channel. */
  onMessage?(message: Json): void;
  /** Open descriptors the command inherits, so that a lease lives as long as the process that uses the device. */
  readonly inherit?: readonly number[];
}

/** A command kept open: JSON lines in, JSON lines out. */
export interface OpenCommand {
  /** Sends one JSON line and waits for the next line the worker answers; rejects never: a dead worker gives its exit. */
  ask(message: Json): Promise<Result<Json, CommandExit>>;
  /** Closes the input, waits for the end, and stops the whole process tree if it does not come within the grace time. */
  close(): Promise<CommandExit>;
  readonly pid: number;
}

/** Runs commands in environments. Knows nothing of steps. */
export interface Executor {
  readonly isolation: Isolation;
  run(spec: CommandSpec, options: RunOptions): Promise<Result<CommandExit, Failure>>;
  open(spec: CommandSpec, options: RunOptions): Promise<Result<OpenCommand, Failure>>;
  /** Ends what is kept between commands; nothing may be started after it. */
  close(): Promise<void>;
}

import type { DeviceGrant, EngineName } from "../../domain/command.ts";
import { INSIDE } from "../sandbox/bubblewrap-argv.ts";
import type { ContainerUser } from "./container-user.ts";
import type { Engine } from "./engine.ts";

/** Label of every container of Fettle's. */
export const OWNED = "dev.fettle.owned";

/** Where a container finds its first process. */
export const KEEPER = "/fettle/keeper.py";

export interface ContainerRequest {
  readonly engine: Pick<Engine, "name" | "version" | "enforces">;
  readonly container: string;
  /** The engine's id of the image. */
  readonly image: string;
  /** Absolute path of the Python program inside that runs the keeper. */
  readonly python: string;
  readonly user: ContainerUser;
  /** Absolute path on this machine of the folder that becomes /workspace. */
  readonly workspace: string;
  /** Read-only: places inside are absolute. */
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  readonly devices: readonly DeviceGrant[];
  readonly limits: ContainerLimits;
  /** The machine has SELinux, which would keep a container from every mounted folder unless it is told not to. */
  readonly selinux: boolean;
  /** File that takes the container's id. */
  readonly idFile: string;
}

export interface ContainerLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  /** Size of any file a command writes. */
  readonly fileBytes: number;
  /** Processors that Fettle itself may use, as the kernel lists them: `0-3,8`. A daemon does not pass on our affinity. */
  readonly processors: string;
  /** Most open files and processes this user may have: podman cannot give more, and fails where it tries. */
  readonly files: number;
  readonly userProcesses: number;
}

/**
 * The words after the client program that start a container shut in as far as both engines can: no network, a read-only root, no
 * powers, an ordinary user, limits, and nothing of this machine but what was asked for. Pure.
 */
export function runArgv(request: ContainerRequest): string[] {
  const { engine, user, limits, workspace, mounts } = request;
  return [
    ...["run", "--rm", "--interactive", "--pull", "never", "--log-driver", "none"],
    ...["--name", request.container, "--label", OWNED, "--cidfile", request.idFile],
    ...["--network", "none", "--hostname", "fettle", "--read-only"],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", ...(request.selinux ? ["--security-opt", "label=disable"] : [])],
    ...["--user", `${user.uid}:${user.gid}`, ...(user.keepId ? ["--userns", "keep-id"] : [])],
    ...limitWords(engine, limits),
    ...scratch(INSIDE.temporary, limits),
    ...scratch(INSIDE.home, limits),
    ...bind(workspace, INSIDE.workspace, true),
    ...mounts.flatMap(({ source, target }) => bind(source, target, false)),
    ...request.devices.flatMap((device) => deviceWords(engine, device)),
    ...["--workdir", INSIDE.workspace, "--entrypoint", request.python],
    ...[request.image, "-I", "-S", KEEPER],
  ];
}

// A limit the engine does not enforce is not asked for: podman would warn at every start, or refuse.
function limitWords({ name, enforces }: ContainerRequest["engine"], limits: ContainerLimits): string[] {
  const memory = String(limits.memoryBytes);
  return [
    // Equal to the memory: no swap.
    ...(enforces.memory ? ["--memory", memory, "--memory-swap", memory] : []),
    ...(enforces.processes ? ["--pids-limit", String(limits.processes)] : []),
    ...(enforces.processors ? ["--cpuset-cpus", limits.processors] : []),
    ...["--ulimit", `fsize=${limits.fileBytes}:${limits.fileBytes}`],
    ...(name === "podman"
      ? ["--ulimit", `nofile=${limits.files}:${limits.files}`, "--ulimit", `nproc=${limits.userProcesses}:${limits.userProcesses}`]
      : []),
  ];
}

// It counts as memory. Programs may be run from it: runtimes load libraries that they compiled there.
function scratch(place: string, { memoryBytes }: ContainerLimits): string[] {
  return ["--tmpfs", `${place}:rw,exec,nosuid,nodev,mode=1777,size=${Math.floor(memoryBytes / 2)}`];
}

function bind(source: string, target: string, writable: boolean): string[] {
  return ["--mount", ["type=bind", csv(`source=${source}`), csv(`target=${target}`), ...(writable ? [] : ["readonly"])].join(",")];
}

// Both engines read the value as a line of CSV.
function csv(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

const FIRST_DOCKER_WITH_CDI = 25;
const NVIDIA_CDI = /^nvidia\.com\/gpu=(.+)$/;

function deviceWords({ name, version }: { name: EngineName; version: string }, device: DeviceGrant): string[] {
  if (device.kind === "node") return ["--device", `${device.path}:${device.path}:rw`];
  const gpu = NVIDIA_CDI.exec(device.name)?.[1];
  const withoutCdi = name === "docker" && Number(version.split(".")[0]) < FIRST_DOCKER_WITH_CDI;
  // Docker's older way to the same devices; the quotes keep a list of them together.
  if (withoutCdi && gpu !== undefined) return ["--gpus", gpu === "all" ? "all" : `"device=${gpu}"`];
  return ["--device", device.name];
}

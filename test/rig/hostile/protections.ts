import { findGroupBases, makeControlGroup } from "../../../src/executors/sandbox/control-group.ts";

/** Everything that can shut a command in, as docs/security.md names it. */
export const SHELTERS = ["bubblewrap", "namespaces", "process", "docker", "podman", "rootless engine"] as const;
export type Shelter = (typeof SHELTERS)[number];

/**
 * What an attack meets: it is held off, it works, it works where Fettle itself runs as root, or it is held off where the
 * kernel's control groups can be used.
 */
export type Defence = "held" | "open" | "open as root" | "held (group)";

export interface Protection {
  /** What a hostile program tries, as the page says it. */
  readonly attack: string;
  readonly defences: Readonly<Record<Shelter, Defence>>;
}

const ALL: Protection["defences"] = {
  bubblewrap: "held",
  namespaces: "held",
  process: "held",
  docker: "held",
  podman: "held",
  "rootless engine": "held",
};
const FILES = { ...ALL, namespaces: "open", process: "open" } as const;
const KERNEL = { ...ALL, namespaces: "open as root", process: "open as root" } as const;
const OWN_WORLD = { ...ALL, process: "open" } as const;
const GROUPED = {
  ...ALL,
  bubblewrap: "held (group)",
  namespaces: "held (group)",
  process: "held (group)",
  "rootless engine": "held (group)",
} as const;

/**
 * What each shelter holds off. The hostile suite attacks each of them in each shelter, and the table of docs/security.md must say the
 * same: neither can go stale.
 */
export const PROTECTIONS = {
  home: { attack: "reads what lies in your HOME", defences: FILES },
  files: { attack: "reads other files of the machine: the store, the workspaces of other steps", defences: FILES },
  write: { attack: "writes outside its workspace, such as the `result.json` of another step", defences: FILES },
  inputs: { attack: "changes its inputs, where they lie in the store", defences: FILES },
  environment: { attack: "changes the Python environment that it shares with other steps", defences: FILES },
  impostors: { attack: "brings programs named like those that shut it in", defences: ALL },
  network: { attack: "opens a connection by TCP or UDP", defences: OWN_WORLD },
  abstractSocket: { attack: "talks to an abstract Unix socket of the machine", defences: OWN_WORLD },
  socketFile: { attack: "talks to a socket file of the machine: an agent's, a container engine's", defences: FILES },
  signals: { attack: "signals or traces processes of the machine, Fettle among them", defences: OWN_WORLD },
  processes: { attack: "sees the processes of the machine and their arguments", defences: OWN_WORLD },
  ipc: { attack: "leaves System V shared memory behind", defences: OWN_WORLD },
  kernelMemory: { attack: "reads the kernel's memory", defences: ALL },
  kernelSettings: { attack: "changes settings of the kernel under `/proc` and `/sys`", defences: KERNEL },
  disks: { attack: "reads the machine's disks as raw devices", defences: KERNEL },
  powers: { attack: "gains powers: mounts, makes device nodes, becomes another user", defences: ALL },
  descriptors: { attack: "finds descriptors of Fettle's open", defences: ALL },
  daemon: { attack: "leaves a process running", defences: ALL },
  hiddenDaemon: {
    attack: "leaves a process running that has a session and an environment of its own",
    defences: { ...ALL, process: "held (group)" },
  },
  forks: { attack: "forks without end", defences: ALL },
  forksApart: { attack: "forks without end, each process in a session of its own", defences: GROUPED },
  memory: { attack: "takes memory in many processes at once", defences: ALL },
  sharedMemory: { attack: "takes memory as files of `/dev/shm`", defences: { ...GROUPED, bubblewrap: "held" } },
  hiddenMemory: { attack: "takes memory that no process maps (`memfd`)", defences: GROUPED },
  flood: { attack: "prints a gigabyte", defences: ALL },
  largeFile: { attack: "writes a file of 100 GB, with holes or without", defences: ALL },
  lease: { attack: "gives its device lease back while it uses the device", defences: { ...FILES, bubblewrap: "open" } },
} as const satisfies Record<string, Protection>;

export type ProtectionName = keyof typeof PROTECTIONS;

/** What a protection comes to here. */
export function defenceHere(name: ProtectionName, shelter: Shelter, hasGroups: boolean): "held" | "open" {
  const defence: Defence = PROTECTIONS[name].defences[shelter];
  if (defence === "open as root") return process.getuid?.() === 0 ? "open" : "held";
  if (defence === "held (group)") return hasGroups ? "held" : "open";
  return defence;
}

/** Whether Fettle may make control groups here. */
export function hasControlGroups(): boolean {
  const group = makeControlGroup(findGroupBases(), { timeoutMs: 1000, memoryBytes: 1e9, processes: 10, outputBytes: 1e9 });
  void group?.remove();
  return group !== null;
}

/** The table of docs/security.md. */
export function protectionTable(): string {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const lines = Object.values<Protection>(PROTECTIONS).map(({ attack, defences }) =>
    row([attack, ...SHELTERS.map((shelter) => (defences[shelter].startsWith("held") ? defences[shelter] : `**${defences[shelter]}**`))]),
  );
  return [row(["a hostile program ...", ...SHELTERS]), row(["---", ...SHELTERS.map(() => "---")]), ...lines].join("\n");
}

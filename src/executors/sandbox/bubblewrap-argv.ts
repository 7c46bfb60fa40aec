import type { Mount } from "../../domain/command.ts";
import { type InsidePaths, SANDBOX_ID } from "./command-environment.ts";
import { FIRST_PROCESS } from "./first-process.ts";
import type { HostView } from "./host-view.ts";
import type { PrivateFolders } from "./private-folders.ts";

/** Where a command sees its workspace: a place without a name of its own, so that artifacts carry no path of this machine. */
export const INSIDE: InsidePaths = { workspace: "/workspace", home: "/home/fettle", temporary: "/tmp" };

export interface BubblewrapView {
  readonly host: HostView;
  /** Host folders that the interpreter needs besides the system's, read-only at their own place. */
  readonly interpreter: readonly string[];
  readonly workspace: string;
  readonly mounts: readonly Mount[];
  /** Device nodes that the command may use, at their own place. */
  readonly devices: readonly string[];
  /** What else of the host it sees, read-only at its own place. */
  readonly shown: readonly string[];
  readonly folders: PrivateFolders;
}

/**
 * The bubblewrap command line up to and with `--`. Order matters: later mounts cover earlier ones, and the root is made
 * read-only last (bubblewrap's root and /dev are writable tmpfs otherwise). So is /proc: where root runs Fettle, the settings of the kernel
 * below /proc/sys belong to whom the command is outside.
 */
export function bubblewrapArgv({ host, interpreter, workspace, mounts, devices, shown, folders }: BubblewrapView): string[] {
  return [
    "bwrap",
    ...host.links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...host.shown.flatMap((path) => ["--ro-bind", path, path]),
    ...["--proc", "/proc", "--dev", "/dev", "--bind", folders.shared, "/dev/shm"],
    ...devices.flatMap((path) => ["--dev-bind", path, path]),
    ...["--bind", folders.temporary, INSIDE.temporary, "--bind", folders.home, INSIDE.home],
    ...["--ro-bind", folders.passwd, "/etc/passwd", "--ro-bind", folders.group, "/etc/group", "--ro-bind", folders.hosts, "/etc/hosts"],
    ...["--bind", workspace, INSIDE.workspace],
    // After the workspace, which would hide an environment that lies under a folder of its name.
    ...[...interpreter, ...shown.filter((path) => !isShown(path, host))].flatMap((path) => ["--ro-bind", path, path]),
    ...mounts.flatMap(({ source, at }) => ["--ro-bind", source, `${INSIDE.workspace}/${at}`]),
    ...["--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", INSIDE.workspace],
    ...["--unshare-user", "--uid", String(SANDBOX_ID), "--gid", String(SANDBOX_ID)],
    ...["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "fettle"],
    // As process 1 the shell is waited for by bubblewrap, and so are all that end with it; bubblewrap's own process 1 is not.
    ...["--cap-drop", "ALL", "--new-session", "--die-with-parent", "--as-pid-1", "--", ...FIRST_PROCESS],
  ];
}

/** Whether a path is part of what every command sees. */
function isShown(path: string, { shown, links }: HostView): boolean {
  return [...shown, ...links.map((link) => link.path)].some((each) => path === each || path.startsWith(`${each}/`));
}

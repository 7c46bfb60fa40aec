import { execFile } from "node:child_process";
import type { SandboxIsolation } from "../../domain/command.ts";
import { INSIDE } from "./bubblewrap-argv.ts";
import { readHostView } from "./host-view.ts";
import { type NamespacesForm, namespacesArgv } from "./namespaces-argv.ts";
import { processArgv } from "./process-argv.ts";

/** A way of shutting commands in that was tried on this machine and works. */
export type Way =
  | { readonly isolation: "bubblewrap" }
  | { readonly isolation: "namespaces"; readonly form: NamespacesForm }
  | { readonly isolation: "process"; readonly hasSetpriv: boolean };

/** Runs a command line once; null when it ended well, else what went wrong in a few words. */
export type TryCommand = (argv: readonly string[]) => Promise<string | null>;

/** Generous: on a busy machine a trial that is cut short would mean weaker isolation. */
const TRIAL_MS = 20_000;

export interface ChosenWay {
  readonly way: Way;
  /** One sentence for the user: why it is this one. */
  readonly why: string;
}

/** The strongest isolation that works here, at most `mode`: each is tried, since a program may be there and be refused. */
export async function chooseIsolation(
  mode: SandboxIsolation | "auto",
  tryCommand: TryCommand,
): Promise<ChosenWay | { readonly refused: string }> {
  const refusals: string[] = [];
  if (mode === "auto" || mode === "bubblewrap") {
    const refusal = await tryCommand(bubblewrapTrial());
    if (refusal === null) return { way: { isolation: "bubblewrap" }, why: because("bubblewrap works here", refusals) };
    refusals.push(`bubblewrap: ${refusal}`);
  }
  if (mode === "auto" || mode === "namespaces") {
    for (const form of ["user", "root"] as const) {
      const refusal = await tryCommand([...namespacesArgv(form), "true"]);
      if (refusal === null) return { way: { isolation: "namespaces", form }, why: because("unshare works here", refusals) };
      refusals.push(`unshare (${form}): ${refusal}`);
    }
  }
  if (mode !== "auto" && mode !== "process") return { refused: refusals.join("; ") };
  const hasSetpriv = (await tryCommand([...processArgv(true), "true"])) === null;
  const why = mode === "process" ? "a plain process was asked for" : because("nothing stronger works here", refusals);
  return { way: { isolation: "process", hasSetpriv }, why };
}

/**
 * Tries a command for real. Node's own spawn: every build asks this, also one that runs nothing, and should not
 * load more for it.
 */
export function tryForReal(argv: readonly string[], limitMs = TRIAL_MS): Promise<string | null> {
  const [file = "", ...args] = argv;
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", LANG: "C.UTF-8" };
  return new Promise((resolve) => {
    execFile(file, args, { cwd: "/", env, timeout: limitMs, killSignal: "SIGKILL" }, (error, _, said) => {
      if (error === null) resolve(null);
      else if (error.code === "ENOENT") resolve("not installed");
      else if (error.killed) resolve(`no answer within ${Math.round(limitMs / 1000)} s`);
      else resolve(said.trim().split("\n").at(-1) || error.message);
    });
  });
}

// The namespaces and mounts that make kernels and administrators refuse, around the smallest program.
function bubblewrapTrial(): string[] {
  const { shown, links } = readHostView();
  return [
    "bwrap",
    ...links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...shown.flatMap((path) => ["--ro-bind", path, path]),
    ...[
      "--proc",
      "/proc",
      "--dev",
      "/dev",
      "--tmpfs",
      INSIDE.temporary,
      "--remount-ro",
      "/proc",
      "--remount-ro",
      "/dev",
      "--remount-ro",
      "/",
    ],
    ...["--unshare-user", "--uid", "65534", "--gid", "65534", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"],
    ...["--cap-drop", "ALL", "--new-session", "--die-with-parent", "--as-pid-1", "--", "true"],
  ];
}

function because(reason: string, refusals: readonly string[]): string {
  return refusals.length === 0 ? reason : `${reason} (${refusals.join("; ")})`;
}

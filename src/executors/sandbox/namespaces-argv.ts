import { SANDBOX_ID } from "./command-environment.ts";
import { FIRST_PROCESS } from "./first-process.ts";

/** How namespaces are had: with a user namespace of one's own, or by being root. */
export type NamespacesForm = "user" | "root";

/**
 * The unshare command line: no network, own processes, that end with Fettle. The file system stays the host's: this is the form
 * for machines without bubblewrap. Root's form takes away all capabilities instead of changing the user.
 */
export function namespacesArgv(form: NamespacesForm): string[] {
  const user = form === "user" ? ["--user", `--map-user=${SANDBOX_ID}`, `--map-group=${SANDBOX_ID}`] : [];
  const powerless = form === "root" ? ["--inh-caps=-all", "--bounding-set=-all"] : [];
  return [
    ...["setpriv", "--pdeathsig", "KILL", "--", "unshare", ...user],
    ...["--net", "--ipc", "--uts", "--pid", "--mount", "--mount-proc", "--fork", "--kill-child=SIGKILL", "--"],
    ...["setpriv", "--no-new-privs", ...powerless, "--"],
    ...FIRST_PROCESS,
  ];
}

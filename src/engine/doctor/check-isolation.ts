import { readFileSync } from "node:fs";
import { SANDBOX_ISOLATIONS, type SandboxIsolation } from "../../domain/command.ts";
import { chooseIsolation, tryForReal } from "../../executors/sandbox/choose-isolation.ts";
import { type Answer, absent, type Check, type CheckContext, fails, limited, works } from "./check.ts";

/** The ways the sandbox shuts a worker in, each tried around a real program. */
export const isolationChecks: readonly Check[] = SANDBOX_ISOLATIONS.map((isolation) => ({
  group: "executors",
  name: isolation,
  // Without any of the stronger ones a plain process is used.
  needed: false,
  run: (context) => tryIsolation(isolation, context),
}));

const GIVES: Readonly<Record<SandboxIsolation, string>> = {
  bubblewrap: "workers see only what they are given, and no network",
  namespaces: "workers have no network, and see the files of this machine",
  process: "nothing is kept from workers",
};

async function tryIsolation(isolation: SandboxIsolation, context: CheckContext): Promise<Answer> {
  const chosen = await chooseIsolation(isolation, (argv) => tryForReal(argv, context.timeLeft()));
  if ("refused" in chosen) return refusal(isolation, chosen.refused, context);
  if (chosen.way.isolation === "process" && !chosen.way.hasSetpriv) {
    return limited(`${GIVES.process}; without setpriv they may outlive Fettle`, context.install("util-linux"));
  }
  return works(GIVES[isolation]);
}

function refusal(isolation: SandboxIsolation, why: string, context: CheckContext): Answer {
  if (!why.includes("not installed")) return fails(why.replace(/^bubblewrap: /, ""), namespaceMend());
  return absent("not installed", context.install(isolation === "bubblewrap" ? "bubblewrap" : "util-linux"));
}

/** The settings by which kernels and distributions keep ordinary users from namespaces, and the value that lets them. */
const SETTINGS = [
  { name: "kernel.apparmor_restrict_unprivileged_userns", refuses: "1", allow: "0" },
  { name: "kernel.unprivileged_userns_clone", refuses: "0", allow: "1" },
  { name: "user.max_user_namespaces", refuses: "0", allow: "15000" },
] as const;

function namespaceMend(): string | null {
  const setting = SETTINGS.find(({ name, refuses }) => readSetting(name) === refuses);
  return setting === undefined ? null : `sudo sysctl -w ${setting.name}=${setting.allow}`;
}

function readSetting(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, "utf8").trim();
  } catch {
    return null;
  }
}

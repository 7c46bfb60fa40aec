import type { Environments } from "../../domain/environment.ts";
import type { Host } from "../../domain/host.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import type { DoctorFinding, DoctorReport } from "../../report/doctor-view.ts";
import type { ExecutionChoice } from "../execution/execution-choice.ts";
import type { Check, CheckContext } from "./check.ts";
import { engineChecks } from "./check-engines.ts";
import { indexCheck } from "./check-index.ts";
import { isolationChecks } from "./check-isolation.ts";
import { machineChecks } from "./check-machine.ts";
import { programChecks } from "./check-programs.ts";
import { storeChecks } from "./check-store.ts";
import { toolchainChecks, workerEnvironments } from "./check-toolchains.ts";
import { pythonFinder } from "./find-python.ts";
import { judgeMachine } from "./judge-machine.ts";
import { runChecks } from "./run-checks.ts";
import { installCommand, readOsRelease } from "./system-packages.ts";

export interface ExamineOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The store's root. */
  readonly root: string;
  readonly host: Host;
  readonly toolchains: ReadonlyMap<string, Toolchain>;
  /** The base image and makers' images that a build would use. */
  readonly choice: Pick<ExecutionChoice, "base" | "images">;
  /** The recipe that some of the makers' images are named by. */
  readonly recipe?: string | undefined;
  /** Must itself give up when `signal` says so. */
  environments(signal: AbortSignal): Environments;
  /** Ask the package index too. */
  readonly online: boolean;
}

/** All that is tried on this machine is done within this; a healthy one takes about a second, a busy one some more. */
const PATIENCE_MS = 10_000;
/** Programs are ended this much earlier, so that none is left behind. */
const LAST_WORD_MS = 200;
/** The network's answer may take longer, and is only waited for by those who asked for it. */
const ONLINE_PATIENCE_MS = 15_000;

/** The use case of `fettle doctor`: really tries everything a build needs, side by side, and judges whether one can run. */
export async function examine(options: ExamineOptions): Promise<DoctorReport> {
  const local = contextFor(options, PATIENCE_MS);
  const checks: readonly Check[] = [
    ...machineChecks(options.host),
    ...isolationChecks,
    ...engineChecks({
      specs: workerEnvironments(options.toolchains, options.choice.images),
      choice: options.choice,
      recipe: options.recipe ?? null,
    }),
    ...programChecks,
    ...storeChecks,
    ...toolchainChecks(options.toolchains, options.environments(local.signal)),
  ];
  const [here, network] = await Promise.all([
    runChecks(checks, local),
    options.online ? runChecks([indexCheck], contextFor(options, ONLINE_PATIENCE_MS)) : ([] as DoctorFinding[]),
  ]);
  return judgeMachine([...here, ...network]);
}

function contextFor({ env, root }: ExamineOptions, patienceMs: number): CheckContext {
  const end = Date.now() + patienceMs;
  const osRelease = readOsRelease();
  const isRoot = process.getuid?.() === 0;
  const signal = AbortSignal.timeout(patienceMs);
  return {
    env,
    root,
    signal,
    ...pythonFinder({ env, root, signal }),
    timeLeft: () => Math.max(1, end - LAST_WORD_MS - Date.now()),
    install: (name) => installCommand(name, osRelease, isRoot),
  };
}

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { lockFile, releaseAndRemove } from "../../system/file-lock.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { isComplete, markComplete } from "./completion.ts";
import { environmentFailure } from "./environment-failure.ts";
import { runTool, toolEnvironment } from "./run-tool.ts";

/** Oldest uv whose options and variables are the ones used here. */
const MINIMUM = [0, 13, 0] as const;

export interface UvRequest {
  /** The environment that uv is needed for. */
  readonly name: string;
  /** The store's root; a uv of our own goes under `tools/`. */
  readonly root: string;
  /** Lock file that pins uv itself. */
  readonly lock: string;
  readonly env: NodeJS.ProcessEnv;
  /** A pip command that works, or null. */
  readonly pip: readonly string[] | null;
  readonly log: string;
  readonly signal: AbortSignal;
  onProgress(text: string): void;
}

/** Path of a uv that is new enough: the one on PATH, else the pinned one, which pip brings in once. */
export async function provideUv(request: UvRequest): Promise<Result<string, Failure>> {
  if (await isNewEnough("uv", request)) return ok("uv");
  const version = /^uv==(\S+)/m.exec(await readFile(request.lock, "utf8"))?.[1];
  if (version === undefined) throw new Error(`${request.lock} pins no uv`);
  const folder = ownUv(request.root, version);
  const program = join(folder, "bin", "uv");
  if (await isComplete(folder)) return ok(program);
  const lockPath = join(request.root, "locks", `tool-uv-${version}`);
  const locked = await lockFile({ path: lockPath, mode: "exclusive", signal: request.signal });
  if (!locked.ok) return locked;
  try {
    if (await isComplete(folder)) return ok(program);
    const failure = await installUv(folder, request, locked.value.descriptor);
    return failure === null ? ok(program) : err(failure);
  } finally {
    releaseAndRemove(locked.value, lockPath);
  }
}

async function isNewEnough(program: string, request: UvRequest): Promise<boolean> {
  return (await askUv(program, request))?.enough === true;
}

/** The version of a uv, and whether it is new enough to be used here; null where there is none that answers. */
export async function askUv(
  program: string,
  { env, signal }: Pick<UvRequest, "env" | "signal">,
): Promise<{ readonly version: string; readonly enough: boolean } | null> {
  const end = await runTool({ argv: [program, "--version"], cwd: "/", env: toolEnvironment(env), signal });
  const numbers = /^uv (\d+)\.(\d+)\.(\d+)/.exec(end.stdout)?.slice(1).map(Number);
  if (end.code !== 0 || numbers === undefined) return null;
  const difference = MINIMUM.map((part, index) => (numbers[index] ?? 0) - part).find((value) => value !== 0);
  return { version: numbers.join("."), enough: (difference ?? 0) >= 0 };
}

/** Where a uv of our own is kept once pip has brought it in. */
export function ownUv(root: string, version: string): string {
  return join(root, "tools", `uv-${version}`);
}

async function installUv(folder: string, request: UvRequest, lockDescriptor: number): Promise<Failure | null> {
  const { pip, lock, log, signal, env } = request;
  if (pip === null) return noPip(request);
  request.onProgress("bringing in uv");
  await removeFolder(folder);
  const end = await runTool({
    argv: [
      ...pip,
      ...["install", "--target", folder, "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"],
      ...["--disable-pip-version-check", "--no-input", "--requirement", lock],
    ],
    cwd: dirname(lock),
    // These settings of a user's own would contradict --target and --require-hashes.
    env: { ...toolEnvironment(env), PIP_USER: "0", PIP_REQUIRE_VIRTUALENV: "0", PIP_CONSTRAINT: "" },
    ...{ log, signal, inherit: [lockDescriptor] },
  });
  if (signal.aborted || end.code !== 0)
    return environmentFailure({ name: request.name, part: "bringing in uv", output: end.output, log, interrupted: signal.aborted });
  await markComplete(folder, {});
  return null;
}

function noPip({ name, log }: UvRequest): Failure {
  return {
    reason: "environment-unavailable",
    message: `The environment ${name} could not be made: there is no uv on PATH, and no pip to bring it in with.`,
    hint: "Install uv, or pip for the Python that is here.",
    log,
  };
}

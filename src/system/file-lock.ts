import { spawn } from "node:child_process";
import { closeSync, constants, fchmodSync, fstatSync, openSync, statSync, unlinkSync } from "node:fs";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { errorCode } from "./error-code.ts";

export type LockMode = "shared" | "exclusive";

/** A kernel lock (flock) on an open file. Dropped by `release`, or when every process that holds the descriptor has ended. */
export interface FileLock {
  readonly descriptor: number;
  release(): void;
}

export interface LockOptions {
  readonly path: string;
  readonly mode: LockMode;
  readonly signal?: AbortSignal;
  /** A second file every locker passes through; who waits stays in it, so that newcomers cannot overtake. */
  readonly turnstile?: string;
  /** Permissions of lock files that have to be made, whatever the umask; without it the umask decides. */
  readonly permissions?: number;
  /** Called once if somebody else holds the lock. */
  onWait?(): void;
}

// Exit status of flock(1) for "held by another"; any number it does not use by itself.
const HELD = 75;

/**
 * Waits for a lock. Locks are the kernel's, taken by util-linux's flock(1) on our own descriptor: no stale lock can stay
 * behind, whoever is killed, and no native add-on is needed. Costs about 3 ms when free.
 */
export async function lockFile(options: LockOptions): Promise<Result<FileLock, Failure>> {
  const free = await lockOnce(options, tryBoth);
  if (!free.ok) return free;
  if (free.value !== null) return ok(free.value);
  const onWait = once(() => options.onWait?.());
  const waited = await lockOnce(options, (files) => waitInTurn(files, options, onWait));
  if (!waited.ok) return waited;
  return waited.value === null ? err(interrupted(options)) : ok(waited.value);
}

/** Takes the lock if it is free now; null when another holds it. */
export async function tryLockFile(options: Omit<LockOptions, "onWait">): Promise<Result<FileLock | null, Failure>> {
  return await lockOnce(options, tryBoth);
}

/** How one pair of open files is locked. */
type Attempt = (files: LockFiles, options: LockOptions) => Promise<"locked" | "held" | Failure>;

// A lock file may be removed by its holder while we wait for it: then our lock is on a file nobody else can find, and we begin again.
async function lockOnce(options: LockOptions, attempt: Attempt): Promise<Result<FileLock | null, Failure>> {
  for (;;) {
    const opened = openLockFiles(options);
    if (!opened.ok) return opened;
    const files = opened.value;
    const outcome = await attempt(files, options);
    if (outcome === "locked" && isSameFile(files.descriptor, options.path)) {
      if (files.turnstile !== null) closeSync(files.turnstile);
      return ok({ descriptor: files.descriptor, release: once(() => closeSync(files.descriptor)) });
    }
    closeSync(files.descriptor);
    if (files.turnstile !== null) closeSync(files.turnstile);
    if (outcome === "locked") continue;
    if (outcome === "held") return ok(null);
    return err(outcome);
  }
}

interface LockFiles {
  readonly descriptor: number;
  readonly turnstile: number | null;
}

function openLockFiles(options: LockOptions): Result<LockFiles, Failure> {
  const descriptor = openLockFile(options.path, options.permissions);
  if (!descriptor.ok) return descriptor;
  if (options.turnstile === undefined) return ok({ descriptor: descriptor.value, turnstile: null });
  const turnstile = openLockFile(options.turnstile, options.permissions);
  if (!turnstile.ok) {
    closeSync(descriptor.value);
    return turnstile;
  }
  return ok({ descriptor: descriptor.value, turnstile: turnstile.value });
}

/**
 * Opens read-only first: flock needs no write access, so locks work on a read-only store and on files of other users
 * (which O_CREAT may not open in a sticky folder, fs.protected_regular).
 */
function openLockFile(path: string, permissions: number | undefined): Result<number, Failure> {
  for (;;) {
    try {
      return ok(openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") return err(cannotOpen(path, error));
    }
    try {
      const made = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o666);
      if (permissions !== undefined) fchmodSync(made, permissions);
      return ok(made);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") return err(cannotOpen(path, error));
    }
  }
}

const AT_ONCE = ["-n", "-E", String(HELD)];

// With a turnstile: one process takes it and becomes (-F) the one that takes the lock itself; it leaves the turnstile by ending.
function tryBoth({ descriptor, turnstile }: LockFiles, options: LockOptions): ReturnType<Attempt> {
  const lock = [...AT_ONCE, modeFlag(options), "3"];
  if (turnstile === null) return runFlock([descriptor], lock, options);
  return runFlock([descriptor, turnstile], ["-F", ...AT_ONCE, "-x", "/proc/self/fd/4", "flock", ...lock], options);
}

/** Waits as long as it takes. Who hears `onWait` of one that stands in the turnstile may rely on that nobody overtakes it any more. */
async function waitInTurn({ descriptor, turnstile }: LockFiles, options: LockOptions, onWait: () => void): ReturnType<Attempt> {
  if (turnstile !== null) {
    const free = await runFlock([turnstile], [...AT_ONCE, "-x", "3"], options);
    onWait();
    const inside = free === "held" ? await runFlock([turnstile], ["-x", "3"], options) : free;
    if (inside !== "locked") return inside;
  }
  onWait();
  return await runFlock([descriptor], [modeFlag(options), "3"], options);
}

function modeFlag({ mode }: LockOptions): string {
  return mode === "shared" ? "-s" : "-x";
}

/** Runs flock(1) on descriptors of ours, which it knows as 3 and up. */
function runFlock(descriptors: readonly number[], words: readonly string[], options: LockOptions): ReturnType<Attempt> {
  const { signal } = options;
  return new Promise((resolve) => {
    const child = spawn("flock", words, { stdio: ["ignore", "ignore", "ignore", ...descriptors] });
    const abort = () => child.kill("SIGKILL");
    const settle = (outcome: "locked" | "held" | Failure) => {
      signal?.removeEventListener("abort", abort);
      resolve(signal?.aborted === true ? interrupted(options) : outcome);
    };
    child.once("error", () => settle(noFlock()));
    child.once("exit", (code, ended) => settle(flockOutcome(code, ended)));
    signal?.addEventListener("abort", abort);
    if (signal?.aborted === true) abort();
  });
}

function flockOutcome(code: number | null, signal: NodeJS.Signals | null): "locked" | "held" | Failure {
  if (code === 0) return "locked";
  if (code === HELD) return "held";
  return { reason: "internal-error", message: `flock ended with ${signal ?? `status ${code}`} instead of a lock.` };
}

function isSameFile(descriptor: number, path: string): boolean {
  const ours = fstatSync(descriptor);
  const named = statSync(path, { throwIfNoEntry: false });
  return named !== undefined && named.ino === ours.ino && named.dev === ours.dev;
}

/** Removes the file of an exclusive lock and drops the lock; waiters notice and begin again with a new file. */
export function releaseAndRemove(lock: FileLock, path: string): void {
  try {
    if (isSameFile(lock.descriptor, path)) unlinkSync(path);
  } catch {
    // A lock file that stays behind is only a file.
  }
  lock.release();
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

function interrupted(options: LockOptions): Failure {
  return { reason: "interrupted", message: `Stopped while waiting for ${options.path}.` };
}

function noFlock(): Failure {
  return {
    reason: "internal-error",
    message: "The program flock could not be started.",
    hint: "flock belongs to util-linux; install it or put it on PATH.",
  };
}

function cannotOpen(path: string, error: unknown): Failure {
  const code = errorCode(error);
  const reason = code === "ENOSPC" || code === "EDQUOT" ? "disk-full" : "read-only";
  return { reason, message: `The lock file ${path} cannot be opened: ${code ?? String(error)}.` };
}

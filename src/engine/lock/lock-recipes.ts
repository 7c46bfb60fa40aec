import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Failure } from "../../domain/failure.ts";
import type { Refusal } from "../../domain/refusal.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { shownPath } from "../../recipe/document/read-source.ts";
import { diskFailure } from "../../system/disk-failure.ts";
import { errorCode } from "../../system/error-code.ts";
import { comparePins } from "./compare-pins.ts";
import type { Difference } from "./difference.ts";
import { keepAbsent } from "./keep-absent.ts";
import type { Lock } from "./lock-form.ts";
import { platformName } from "./lock-names.ts";
import { lockText } from "./lock-text.ts";
import { mergeLocks } from "./merge-locks.ts";
import type { Pinnable } from "./pinnable.ts";
import { type ReadLock, readLock } from "./read-lock.ts";
import { staleEntries } from "./stale-entries.ts";
import { takePins } from "./take-pins.ts";

export interface LockRequest {
  /** Absolute path of the lock file. */
  readonly file: string;
  readonly cwd: string;
  readonly recipes: readonly Pinnable[];
  /** Look only: write nothing. */
  readonly check: boolean;
  /** The command as the user would type it, for messages. */
  readonly relock: string;
}

/** What was found and done about one lock file. */
export interface LockOutcome {
  /** As the user would write it. */
  readonly file: string;
  readonly recipes: readonly string[];
  readonly state: "written" | "unchanged" | "up to date" | "out of date";
  /** Where the earlier lock was not what is here; empty for a first one. */
  readonly differences: readonly Difference[];
  readonly warnings: readonly Diagnostic[];
  readonly lock: Lock;
}

/** The use case of `fettle lock`: pins recipes into one lock file, or looks whether it is up to date. */
export async function lockRecipes(request: LockRequest): Promise<Result<LockOutcome, Refusal>> {
  const earlier = await readEarlier(request);
  if (!earlier.ok) return err({ diagnostics: earlier.error });
  const { file, cwd, recipes, check, relock } = request;
  const locked = earlier.value.read?.lock ?? null;
  const pins = await Promise.all(recipes.map(async (each) => keepAbsent(await takePins(each, file), locked, each)));
  const next = mergeLocks(locked, pins, (recipe) => existsSync(join(dirname(file), recipe)));
  const differences = locked === null ? [] : allDifferences(locked, { pins, next, relock, platform: platformOf(recipes) });
  const outcome = {
    file: shownPath(file, cwd),
    recipes: recipes.map(({ inputs }) => shownPath(inputs.recipe.file, cwd)),
    differences,
    warnings: earlier.value.warnings,
    lock: next,
  };
  if (check) return ok({ ...outcome, state: differences.length === 0 ? "up to date" : "out of date" });
  const text = lockText(next);
  if (text === earlier.value.read?.document.source.text) return ok({ ...outcome, state: "unchanged" });
  const failure = await writeLock(file, text);
  return failure === null ? ok({ ...outcome, state: "written" }) : err({ failure });
}

interface Earlier {
  readonly read: ReadLock | null;
  readonly warnings: readonly Diagnostic[];
}

/** A lock that is not there yet is none, except to a check; a damaged one is written anew; one of another format is left alone. */
async function readEarlier({ file, cwd, relock, check }: LockRequest): Promise<Result<Earlier, readonly Diagnostic[]>> {
  const read = await readLock(file, cwd, relock);
  if (read.ok) return ok({ read: read.value, warnings: [] });
  const codes = new Set(read.error.map(({ code }) => code));
  if (check || codes.has("lock-version")) return read;
  if (codes.has("lock-not-found")) return ok({ read: null, warnings: [] });
  const lost = "other recipes and platforms it had must be locked again";
  return ok({
    read: null,
    warnings: read.error.slice(0, 1).map((fault) => ({ ...fault, severity: "warning", hint: `it is written anew: ${lost}` })),
  });
}

interface Found {
  readonly pins: readonly Lock[];
  readonly next: Lock;
  readonly relock: string;
  readonly platform: string;
}

function allDifferences(locked: Lock, { pins, next, relock, platform }: Found): Difference[] {
  const found = pins.flatMap((here) => comparePins(locked, here, { platform, relock }).differences);
  const once = new Map(found.map((each) => [each.path.join("\0"), each]));
  return [...once.values(), ...staleEntries(locked, next, relock)];
}

function platformOf([first]: readonly Pinnable[]): string {
  if (first === undefined) throw new Error("there is nothing to lock");
  return platformName(first.inputs.host);
}

async function writeLock(file: string, text: string): Promise<Failure | null> {
  const aside = `${file}.${process.pid}`;
  try {
    await writeFile(aside, text);
    await rename(aside, file);
    return null;
  } catch (error) {
    await rm(aside, { force: true });
    const failure = await diskFailure(error, file);
    const code = errorCode(error);
    if (failure === null && code === null) throw error;
    return failure ?? { reason: "read-only", message: `${file} cannot be written: ${code}.`, hint: "Choose another place with --out." };
  }
}

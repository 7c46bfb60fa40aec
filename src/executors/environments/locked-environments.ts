import { randomBytes } from "node:crypto";
import { mkdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestBytes, digestHex, digestJson } from "../../domain/digest.ts";
import type { EnvironmentHandle, EnvironmentIdentity, EnvironmentSpec, Environments } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { diskFailure } from "../../system/disk-failure.ts";
import { errorCode } from "../../system/error-code.ts";
import { lockFile, releaseAndRemove } from "../../system/file-lock.ts";
import { isComplete, touchCompletion } from "./completion.ts";
import { foreignIdentity } from "./foreign-packages.ts";
import { imageNeeded } from "./image-needed.ts";
import { type Interpreter, Interpreters } from "./interpreters.ts";
import { makeEnvironment } from "./make-environment.ts";
import { findPip } from "./pip-program.ts";
import { parsePipConfig, uvVariables } from "./pip-settings.ts";
import { requiresPython } from "./requires-python.ts";
import { runTool, toolEnvironment } from "./run-tool.ts";
import { provideUv } from "./uv-program.ts";

export interface LockedEnvironmentsParts {
  readonly root: string;
  readonly uvLock: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends questions to interpreters early. */
  readonly signal?: AbortSignal | undefined;
}

interface EnsureOptions {
  readonly signal: AbortSignal;
  onProgress?(text: string): void;
}

interface Identified {
  readonly identity: EnvironmentIdentity;
  readonly interpreter: Interpreter;
}

/** Virtual environments under the store, keyed by what is in them; made once for all who need one, then never changed. */
export class LockedEnvironments implements Environments {
  readonly #parts: LockedEnvironmentsParts;
  readonly #interpreters: Interpreters;

  constructor(parts: LockedEnvironmentsParts) {
    this.#parts = parts;
    this.#interpreters = new Interpreters(join(parts.root, "interpreters.json"), parts.env, parts.signal);
  }

  async identify(spec: EnvironmentSpec): Promise<Result<EnvironmentIdentity, Failure>> {
    const identified = await this.#identify(spec);
    return identified.ok ? ok(identified.value.identity) : identified;
  }

  isMade({ digest }: EnvironmentIdentity): Promise<boolean> {
    return isUsable(this.#folder(digest));
  }

  async ensure(spec: EnvironmentSpec, options: EnsureOptions): Promise<Result<EnvironmentHandle, Failure>> {
    const identified = await this.#identify(spec);
    if (!identified.ok) return identified;
    const { identity, interpreter } = identified.value;
    const folder = this.#folder(identity.digest);
    const handle: EnvironmentHandle = { ...identity, root: folder, image: null };
    if (await isUsable(folder)) return ok(handle);
    const failure = await this.#makeOnce({ spec, identity, interpreter, folder, options });
    return failure === null ? ok(handle) : err(failure);
  }

  #folder(digest: Digest): string {
    return join(this.#parts.root, "environments", digestHex(digest));
  }

  async #identify(spec: EnvironmentSpec): Promise<Result<Identified, Failure>> {
    if (spec.needsImage !== undefined) return err(imageNeeded(spec, spec.needsImage, "sandbox"));
    let lock: Buffer;
    try {
      lock = await readFile(spec.lock);
    } catch (error) {
      return err(unavailable(spec, `its lock file ${spec.lock} cannot be read (${errorCode(error) ?? String(error)})`));
    }
    const range = requiresPython(lock.toString("utf8"));
    if (range === null) return err(unavailable(spec, `its lock's line "# requires-python:" is not of the form ">=3.11,<3.14"`));
    const interpreter = await this.#interpreters.find(range);
    if ("unfit" in interpreter) {
      const found = interpreter.unfit.length === 0 ? "none was found" : `found: ${interpreter.unfit.join(", ")}`;
      const hint = `Install a Python of that range and put it on PATH.`;
      return err({ ...unavailable(spec, `no Python interpreter ${range.text} is on this machine (${found})`), hint, lacking: true });
    }
    const { version, platform } = interpreter;
    const foreign = foreignIdentity(platform, spec.foreign);
    const identity = { format: "fettle.environment/1", lock: digestBytes(lock), python: version, platform };
    const digest = digestJson(foreign === null ? identity : { ...identity, foreign });
    return ok({ identity: { name: spec.name, digest, python: version }, interpreter });
  }

  async #makeOnce(job: MakeJob): Promise<Failure | null> {
    const { root } = this.#parts;
    const { signal } = job.options;
    const prepared = await this.#makeFolders();
    if (prepared !== null) return prepared;
    const path = join(root, "locks", `environment-${digestHex(job.identity.digest)}`);
    const onWait = () => job.options.onProgress?.("waiting for another process that makes it");
    const lock = await lockFile({ path, mode: "exclusive", signal, onWait });
    if (!lock.ok) return lock.error;
    try {
      return (await isUsable(job.folder)) ? null : await this.#make(job, lock.value.descriptor);
    } finally {
      releaseAndRemove(lock.value, path);
    }
  }

  async #make(job: MakeJob, lockDescriptor: number): Promise<Failure | null> {
    const { root, uvLock, env } = this.#parts;
    const { signal } = job.options;
    const onProgress = (text: string) => job.options.onProgress?.(text);
    const log = join(root, "logs", `environment-${job.spec.name}-${Date.now()}-${randomBytes(3).toString("hex")}.log`);
    const pip = await findPip(job.interpreter.program, env, signal);
    const uv = await provideUv({ name: job.spec.name, root, lock: uvLock, env, pip, log, signal, onProgress });
    if (!uv.ok) return uv.error;
    const variables = await this.#uvEnvironment(pip, signal);
    return await makeEnvironment({
      ...{ spec: job.spec, identity: job.identity, python: job.interpreter.program, platform: job.interpreter.platform },
      ...{ folder: job.folder, uv: uv.value, variables, log, signal, lockDescriptor, onProgress },
    });
  }

  async #uvEnvironment(pip: readonly string[] | null, signal: AbortSignal): Promise<Record<string, string>> {
    const env = toolEnvironment(this.#parts.env);
    const listing = pip === null ? "" : (await runTool({ argv: [...pip, "config", "list"], cwd: "/", env, signal })).stdout;
    const own = { UV_CACHE_DIR: join(this.#parts.root, "cache", "uv"), UV_PYTHON_DOWNLOADS: "never", UV_NO_PROGRESS: "1" };
    return { ...env, ...uvVariables(parsePipConfig(listing), env), ...own };
  }

  async #makeFolders(): Promise<Failure | null> {
    for (const name of ["environments", "locks", "logs", "tools", "cache"]) {
      try {
        await mkdir(join(this.#parts.root, name), { recursive: true });
      } catch (error) {
        const failure = await diskFailure(error, join(this.#parts.root, name));
        if (failure === null) throw error;
        return failure;
      }
    }
    return null;
  }
}

interface MakeJob {
  readonly spec: EnvironmentSpec;
  readonly identity: EnvironmentIdentity;
  readonly interpreter: Interpreter;
  readonly folder: string;
  readonly options: EnsureOptions;
}

// The interpreter an environment links to may have been removed since.
async function isUsable(folder: string): Promise<boolean> {
  if (!(await isComplete(folder))) return false;
  const python = await realpath(join(folder, "bin", "python")).catch(() => null);
  if (python === null) return false;
  await touchCompletion(folder);
  return true;
}

function unavailable(spec: EnvironmentSpec, why: string): Failure {
  return { reason: "environment-unavailable", message: `The environment ${spec.name} could not be made: ${why}.` };
}

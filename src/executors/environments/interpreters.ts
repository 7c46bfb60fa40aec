import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { interpreterCandidates } from "./interpreter-candidates.ts";
import { fitsRange, type PythonRange } from "./requires-python.ts";
import { runTool } from "./run-tool.ts";

const interpreterSchema = z.object({
  /** `3.11.7` */
  version: z.string(),
  /** `cpython` */
  implementation: z.string(),
  /** `linux-x86_64` */
  platform: z.string(),
  /** Absolute path of the program itself, not of a virtual environment's link to it. */
  program: z.string(),
});
export type Interpreter = z.infer<typeof interpreterSchema>;

const cacheSchema = z.record(z.string(), z.object({ stamp: z.string(), interpreter: interpreterSchema.nullable() }));
type Cache = z.infer<typeof cacheSchema>;

const QUESTION = `
import json, os, platform, sys, sysconfig
print(json.dumps({"version": platform.python_version(), "implementation": sys.implementation.name,
  "platform": sysconfig.get_platform(), "program": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)}))
`;

/** Finds interpreters, and remembers by path and time of change what each said of itself: asking one takes some 30 ms. */
export class Interpreters {
  readonly #env: NodeJS.ProcessEnv;
  readonly #cachePath: string;
  readonly #signal: AbortSignal | undefined;
  #cache: Cache | null = null;

  /**
   * @param cachePath a JSON file that may be lost at any time
   * @param signal ends questions early; what was not answered by then counts as unfit, and is not remembered
   */
  constructor(cachePath: string, env: NodeJS.ProcessEnv, signal?: AbortSignal) {
    this.#cachePath = cachePath;
    this.#env = env;
    this.#signal = signal;
  }

  /** The first CPython on this machine whose version is in the range; or the versions that were found and did not fit. */
  async find(range: PythonRange): Promise<Interpreter | { readonly unfit: readonly string[] }> {
    const unfit: string[] = [];
    for (const path of interpreterCandidates(range, this.#env)) {
      const interpreter = await this.#ask(path);
      if (interpreter === null) continue;
      if (interpreter.implementation === "cpython" && fitsRange(interpreter.version, range)) return interpreter;
      unfit.push(`${interpreter.implementation} ${interpreter.version}`);
    }
    return { unfit: [...new Set(unfit)] };
  }

  async #ask(path: string): Promise<Interpreter | null> {
    const cache = await this.#load();
    const { mtimeMs, size, ino } = await stat(path);
    const stamp = `${mtimeMs}:${size}:${ino}`;
    const known = cache[path];
    if (known?.stamp === stamp) return known.interpreter;
    const interpreter = await askInterpreter(path, this.#env, this.#signal);
    if (interpreter === null && this.#signal?.aborted === true) return null;
    cache[path] = { stamp, interpreter };
    await this.#save(cache);
    return interpreter;
  }

  async #load(): Promise<Cache> {
    this.#cache ??= await readCache(this.#cachePath);
    return this.#cache;
  }

  // A cache that cannot be written is asked for again; a read-only store still works.
  async #save(cache: Cache): Promise<void> {
    const aside = `${this.#cachePath}.${process.pid}`;
    try {
      await mkdir(dirname(this.#cachePath), { recursive: true });
      await writeFile(aside, JSON.stringify(cache));
      await rename(aside, this.#cachePath);
    } catch {
      // See above.
    }
  }
}

async function askInterpreter(path: string, env: NodeJS.ProcessEnv, stop: AbortSignal | undefined): Promise<Interpreter | null> {
  const patience = AbortSignal.timeout(20_000);
  // -I: neither the user's variables nor the current folder have a say in what the interpreter is.
  const end = await runTool({
    argv: [path, "-I", "-c", QUESTION],
    cwd: "/",
    env: { PATH: env.PATH ?? "/usr/bin:/bin" },
    signal: stop === undefined ? patience : AbortSignal.any([patience, stop]),
  });
  if (end.code !== 0) return null;
  try {
    return interpreterSchema.safeParse(JSON.parse(end.stdout)).data ?? null;
  } catch {
    return null;
  }
}

async function readCache(path: string): Promise<Cache> {
  try {
    return cacheSchema.safeParse(JSON.parse(await readFile(path, "utf8"))).data ?? {};
  } catch {
    return {};
  }
}

import { chmod, lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EnvironmentIdentity, EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { markComplete } from "./completion.ts";
import { environmentFailure } from "./environment-failure.ts";
import { foreignCommands } from "./foreign-packages.ts";
import { runTool } from "./run-tool.ts";

export interface MakeRequest {
  readonly spec: EnvironmentSpec;
  readonly identity: EnvironmentIdentity;
  /** Absolute path of the interpreter's program. */
  readonly python: string;
  /** The interpreter's platform: `linux-x86_64`. */
  readonly platform: string;
  readonly uv: string;
  /** The environment's final folder: scripts in it name it, so it is made in place and marked complete last. */
  readonly folder: string;
  /** uv's whole environment: the user's, with the settings of pip in uv's words, and our cache. */
  readonly variables: Readonly<Record<string, string>>;
  readonly log: string;
  readonly signal: AbortSignal;
  /** Descriptor of the lock under which this happens; a uv that outlives us keeps it. */
  readonly lockDescriptor: number;
  onProgress(text: string): void;
}

/** Makes an environment in its place, over whatever half-made one is there. Null when all went well. */
export async function makeEnvironment(request: MakeRequest): Promise<Failure | null> {
  const { folder, spec, identity } = request;
  await removeFolder(folder);
  // One after the other: the foreign packages are listed in a folder that only uv may begin.
  for (const commands of [ownPackages, foreignPackages, finishing]) {
    for (const making of await commands(request)) {
      const failure = await runMaking(request, making);
      if (failure !== null) return failure;
    }
  }
  await makeContentsReadOnly(folder);
  await markComplete(folder, { name: spec.name, python: identity.python, digest: identity.digest, lock: spec.lock });
  await chmod(folder, 0o555);
  return null;
}

interface Making {
  readonly argv: readonly string[];
  readonly mayFail?: boolean;
}

async function runMaking(request: MakeRequest, { argv, mayFail = false }: Making): Promise<Failure | null> {
  const { log, signal } = request;
  const end = await runTool({
    ...{ argv, cwd: "/", env: request.variables, log, signal },
    inherit: [request.lockDescriptor],
    onLine: request.onProgress,
  });
  if (!signal.aborted && (end.code === 0 || mayFail)) return null;
  return environmentFailure({ name: request.spec.name, output: end.output, log, interrupted: signal.aborted });
}

async function ownPackages({ folder, uv, python, spec }: MakeRequest): Promise<Making[]> {
  return [
    { argv: [uv, "venv", "--quiet", "--no-project", "--python", python, folder] },
    { argv: [uv, "pip", "sync", "--python", join(folder, "bin", "python"), "--require-hashes", "--only-binary", ":all:", spec.lock] },
  ];
}

async function foreignPackages({ folder, uv, platform, spec }: MakeRequest): Promise<Making[]> {
  const lock = await readFile(spec.lock, "utf8");
  return (await foreignCommands({ uv, folder, lock, platform, packages: spec.foreign })).map((argv) => ({ argv }));
}

async function finishing({ folder, python }: MakeRequest): Promise<Making[]> {
  return [
    { argv: compileAll(python, folder), mayFail: true },
    // One flush of the whole file system instead of thousands of files: nothing half-written may look complete after a power cut.
    { argv: ["sync", "--file-system", folder] },
  ];
}

/**
 * Byte code is compiled now: the folder is read-only later, and every import would compile anew. By the interpreter that is not the
 * environment's, and without its packages' start files (`.pth`): they would run here, outside of every sandbox. A package may hold files that do not
 * compile.
 */
function compileAll(python: string, folder: string): string[] {
  return [python, "-I", "-S", "-m", "compileall", "-q", "-j", "0", join(folder, "lib")];
}

// Files are shared by hard links with the cache and other environments: a write into one would change them all.
async function makeContentsReadOnly(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) continue;
    if (entry.isDirectory()) await makeContentsReadOnly(path);
    await chmod(path, (await lstat(path)).mode & 0o555);
  }
}

import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { spawnTool } from "../../executors/spawn-tool.ts";
import { replaceFolder } from "../../system/replace-folder.ts";

export interface PackageRequest {
  /** What npm calls a package spec: name, name@version, path of an archive. */
  readonly spec: string;
  /** Folder that a path is relative to. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** A package with its dependencies in a folder that is not yet anybody's plug-in. */
export interface StagedPackage {
  readonly name: string;
  readonly version: string;
  /** Of its archive, as npm names it; null where npm gives none. */
  readonly integrity: string | null;
  /** Its package folder, inside the staging folder. Absolute. */
  readonly root: string;
  /** Puts it in its place and gives its package folder there. An earlier one of that name is replaced. */
  settle(): Promise<string>;
  discard(): Promise<void>;
}

const lockSchema = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ version: z.string().optional(), integrity: z.string().optional() })),
});

/**
 * Installs a package with npm, by name and version or from an archive, into a folder of its own, so that no plug-in can
 * disturb another's dependencies. No package's scripts are run; `fettle` itself, a peer of every plug-in, is the running one.
 * Works offline for what needs no registry: an archive without dependencies, or whatever npm's cache has.
 */
export async function stagePackage(data: string, request: PackageRequest): Promise<Result<StagedPackage, Failure>> {
  const folder = join(data, "plugins");
  await mkdir(folder, { recursive: true });
  const staging = await mkdtemp(join(folder, ".new-"));
  const discard = () => rm(staging, { recursive: true, force: true });
  const installed = await npmInstall(staging, request);
  const found = installed.ok ? await findInstalled(staging, request.spec) : installed;
  if (!found.ok) {
    await discard();
    return found;
  }
  const { name } = found.value;
  const settle = async () => {
    const place = join(folder, name.replace("/", "+"));
    await replaceFolder(staging, place);
    return join(place, "node_modules", name);
  };
  return ok({ ...found.value, root: join(staging, "node_modules", name), settle, discard });
}

/** Removes what `stagePackage` put in its place; a plug-in that lies elsewhere is the user's own and stays. */
export async function removePackage(data: string, name: string): Promise<void> {
  await rm(join(data, "plugins", name.replace("/", "+")), { recursive: true, force: true });
}

async function npmInstall(staging: string, { spec, cwd, signal }: PackageRequest): Promise<Result<null, Failure>> {
  // Peers are left out: npm would look for a package `fettle` in the registry, and a plug-in must meet the one that runs it.
  const flags = ["--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error", "--prefer-offline"];
  const ended = await spawnTool("npm", ["install", ...flags, "--prefix", staging, spec], { cwd, signal });
  if (ended.exitCode === 0) return ok(null);
  if (signal.aborted) return err({ reason: "interrupted", message: "The installation was interrupted." });
  const lines = ended.stderr.split("\n").filter((line) => line.trim() !== "");
  // What went wrong comes first, after its code; general advice and the place of the log come last.
  const keyLine = lines.find((line) => /npm (ERR!|error) (?!code\b|A complete log)/i.test(line)) ?? lines.at(-1);
  return err({
    reason: "fetch-failed",
    message: `npm could not install ${spec}${ended.exitCode === null ? `: ${ended.problem}` : ""}.`,
    ...(keyLine !== undefined && { keyLine }),
    hint: "Check the name and version, and npm's registry, proxy and certificate settings (`npm config list`).",
  });
}

async function findInstalled(
  staging: string,
  spec: string,
): Promise<Result<Pick<StagedPackage, "name" | "version" | "integrity">, Failure>> {
  const [name] = Object.keys(
    z.looseObject({ dependencies: z.record(z.string(), z.string()) }).parse(await readJson(join(staging, "package.json"))).dependencies,
  );
  if (name === undefined) return err({ reason: "fetch-failed", message: `npm installed nothing for ${spec}.` });
  const entry = lockSchema.parse(await readJson(join(staging, "package-lock.json"))).packages[`node_modules/${name}`];
  return ok({ name, version: entry?.version ?? "unknown", integrity: entry?.integrity ?? null });
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}

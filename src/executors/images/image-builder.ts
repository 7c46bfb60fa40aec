import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { type Engine, runEngine } from "../container/engine.ts";

/** From this client version on docker builds with the plug-in buildx alone. */
const FIRST_WITH_PLUGIN = 23;

/**
 * A client that can build with secrets: podman always; docker with the plug-in buildx, or one old enough to have BuildKit built in, of
 * which a machine may have several on PATH.
 */
export async function findBuilder(engine: Engine, signal: AbortSignal): Promise<Result<Engine, Failure>> {
  if (engine.name === "podman") return ok(engine);
  for (const program of [engine.program, ...otherDockers(engine)]) {
    const client: Engine = { ...engine, program, env: { ...engine.env, DOCKER_BUILDKIT: "1" } };
    const plugin = await runEngine(client, ["buildx", "version"], { signal });
    if (plugin.code === 0 || (await isBuiltIn(client, signal))) return ok(client);
  }
  return err({
    reason: "environment-unavailable",
    message: "This docker client cannot build images with secrets: it needs its plug-in buildx, which is not installed.",
    hint: "Install buildx (docker-buildx-plugin or docker-buildx), or use podman.",
  });
}

async function isBuiltIn(client: Engine, signal: AbortSignal): Promise<boolean> {
  const version = await runEngine(client, ["version", "--format", "{{.Client.Version}}"], { signal });
  const major = Number(version.stdout.split(".")[0]);
  return version.code === 0 && major >= 18 && major < FIRST_WITH_PLUGIN;
}

function otherDockers({ env }: Engine): string[] {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  return folders.map((folder) => join(folder, "docker")).filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

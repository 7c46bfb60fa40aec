import type { EngineName } from "../../domain/command.ts";
import { podmanLimits } from "./run-once.ts";

export interface BuildWords {
  readonly engine: EngineName;
  /** Folder that holds all a build may copy, and its Containerfile; paths are absolute, or relative to where the client runs. */
  readonly context: string;
  /** File that takes the image's id. */
  readonly idFile: string;
  readonly base: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Files that the build may read and no layer keeps. */
  readonly secrets: { readonly ca: string | null; readonly pipconf: string | null };
  /** Proxy settings of the user's: predefined build arguments that no layer keeps either. */
  readonly proxies: readonly string[];
  /** Use nothing of earlier builds. */
  readonly fresh: boolean;
}

const PROXIES = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/** The words after the client program that build an image. */
export function buildArgv(words: BuildWords): string[] {
  const { engine, context, idFile, base, labels, secrets, proxies, fresh } = words;
  return [
    ...["build", "--iidfile", idFile, "--file", `${context}/Containerfile`, "--build-arg", `BASE=${base}`],
    ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    ...Object.entries(secrets).flatMap(([id, path]) => (path === null ? [] : ["--secret", `id=${id},src=${path}`])),
    ...proxies.flatMap((name) => ["--build-arg", name]),
    ...(fresh ? ["--no-cache"] : []),
    ...(engine === "podman" ? podmanLimits() : []),
    // Plain lines instead of a display that redraws itself; podman has no other.
    ...(engine === "docker" ? ["--progress", "plain"] : []),
    context,
  ];
}

/** Names of the proxy settings that are set. */
export function proxiesIn(env: NodeJS.ProcessEnv): string[] {
  return PROXIES.filter((name) => env[name]);
}

import { z } from "zod";
import { parseJsonOrNull } from "../../system/parse-json.ts";

/** What an engine says of itself, as far as it decides how it is used. */
export interface EngineInfo {
  /** Of the part that runs containers: `4.3.1`. */
  readonly version: string;
  /** The engine runs as an ordinary user: its root is that user. */
  readonly rootless: boolean;
  /** Limits it really enforces; rootless engines on cgroup v1 accept limits and ignore them. */
  readonly enforces: { readonly memory: boolean; readonly processes: boolean; readonly processors: boolean };
}

const podmanSchema = z.object({
  host: z.object({
    cgroupControllers: z.array(z.string()).nullish(),
    security: z.object({ rootless: z.boolean() }),
  }),
  version: z.object({ Version: z.string() }),
});

/** `podman info --format '{{json .}}'`; null for anything else. */
export function parsePodmanInfo(text: string): EngineInfo | null {
  const parsed = podmanSchema.safeParse(parseJsonOrNull(text));
  if (!parsed.success) return null;
  const { host, version } = parsed.data;
  const controllers = host.cgroupControllers ?? [];
  return {
    version: version.Version,
    rootless: host.security.rootless,
    enforces: {
      memory: controllers.includes("memory"),
      processes: controllers.includes("pids"),
      processors: controllers.includes("cpuset"),
    },
  };
}

const dockerSchema = z.object({
  ServerVersion: z.string().min(1),
  SecurityOptions: z.array(z.string()).nullish(),
  MemoryLimit: z.boolean(),
  PidsLimit: z.boolean(),
  CPUSet: z.boolean(),
});

/** `docker info --format '{{json .}}'`; null for anything else, also for the answer of a client whose daemon is dead. */
export function parseDockerInfo(text: string): EngineInfo | null {
  const parsed = dockerSchema.safeParse(parseJsonOrNull(text));
  if (!parsed.success) return null;
  const { ServerVersion, SecurityOptions, MemoryLimit, PidsLimit, CPUSet } = parsed.data;
  return {
    version: ServerVersion,
    rootless: (SecurityOptions ?? []).some((option) => option.includes("name=rootless")),
    enforces: { memory: MemoryLimit, processes: PidsLimit, processors: CPUSet },
  };
}

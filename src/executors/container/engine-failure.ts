import type { EngineName } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import { keyLine } from "../key-line.ts";

export interface EngineComplaint {
  /** What the client printed, its last part. */
  readonly output: string;
  /** The client program is not on this machine. */
  readonly missing: boolean;
  readonly log?: string;
}

interface Cause {
  readonly pattern: RegExp;
  why(name: EngineName): string;
  readonly hint: string;
}

/** Most telling first. Texts of podman 4 and 5, docker 20 to 28. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    why: (name) => `the disk that holds ${name}'s storage is full`,
    hint: "Free some space: `fettle images list` shows what is there, the engine's own `system prune` removes what nobody uses.",
  },
  {
    pattern: /permission denied while trying to connect|dial unix .*permission denied/i,
    why: (name) => `this user may not talk to ${name}`,
    hint: "Join the group that owns its socket (`sudo usermod -aG docker $USER`, then log in again), or use podman.",
  },
  {
    pattern:
      /cannot connect to the docker daemon|is the docker daemon running|dial unix .*connection refused|no answer within|error during connect/i,
    why: (name) => `${name} does not answer (is its daemon running?)`,
    hint: "Start it (`sudo systemctl start docker`), or use podman or the sandbox.",
  },
  {
    pattern: /manifest unknown|manifest for .* not found/i,
    why: () => "the registry has no image of that digest",
    hint: "Check the reference; an image that was deleted or never pushed cannot be had by its digest.",
  },
  {
    pattern: /no such image|image not known|unable to find image/i,
    why: (name) => `the image is not in ${name}'s storage`,
    hint: "`fettle images build` makes it, `fettle images pull` and `load` bring it in.",
  },
  {
    pattern:
      /could not select device driver|unresolvable CDI devices|is not an absolute path|error gathering device information|stat \/dev\/.*no such file|failed to inject CDI|CDI device injection failed/i,
    why: () => "a device the target needs cannot be given to a container",
    hint: "Check that the device is there, and that its CDI specification or vendor's container toolkit is installed.",
  },
  {
    pattern: /error waiting for container|unexpected EOF|connection reset by peer|error reading from server/i,
    why: (name) => `${name} stopped answering while a container ran`,
    hint: "See whether its daemon was restarted or ended, and build again: what was finished is in the store.",
  },
  {
    pattern: /unauthorized|authentication required|pull access denied|denied: requested access/i,
    why: () => "the registry refused access",
    hint: "Log in with the engine's own `login`, or check the reference.",
  },
  {
    pattern: /x509|certificate signed by unknown authority|tls: failed to verify/i,
    why: () => "the registry's TLS certificate is not trusted",
    hint: "Name your certificate authority in the engine's own settings (/etc/containers/certs.d, /etc/docker/certs.d).",
  },
  {
    pattern: /no such host|connection refused|name resolution|network is unreachable|i\/o timeout|server misbehaving/i,
    why: () => "the registry could not be reached (no network, or nothing listens there)",
    hint: "Check the network; without one `fettle images save` and `fettle images load` carry images from machine to machine.",
  },
  {
    pattern: /setting rlimit|ulimit|operation not permitted.*rlimit/i,
    why: (name) => `${name} may not raise limits on open files or processes`,
    hint: "Set default_ulimits for nofile and nproc in containers.conf to what this user has.",
  },
];

/** Why an engine did not do what it was asked, as its client's words tell, and what would help. */
export function engineFailure(name: EngineName, { output, missing, log }: EngineComplaint): Failure {
  const place = log === undefined ? {} : { log };
  if (missing) {
    return {
      reason: "environment-unavailable",
      message: `${name} is not installed.`,
      hint: `Install ${name === "docker" ? "docker" : "podman"}, or use --executor sandbox.`,
      ...place,
    };
  }
  const cause = CAUSES.find(({ pattern }) => pattern.test(output));
  const shown = output.split("\n").find((line) => cause?.pattern.test(line));
  const line = shown === undefined ? keyLine(output) : shown.trim();
  return {
    reason: "environment-unavailable",
    message: `${name} could not do what it was asked: ${cause?.why(name) ?? "it gave an error"}.`,
    ...(cause === undefined ? {} : { hint: cause.hint }),
    ...(line === null || line === "" ? {} : { keyLine: line }),
    ...place,
  };
}

import type { Failure } from "../../domain/failure.ts";
import { keyLine } from "../key-line.ts";

export interface FailedMaking {
  /** The environment's name. */
  readonly name: string;
  /** The part of the work that failed, where it is not the environment itself: `bringing in uv`. */
  readonly part?: string;
  /** What the tool printed, its last part. */
  readonly output: string;
  readonly log: string;
  readonly interrupted: boolean;
}

interface Cause {
  readonly pattern: RegExp;
  readonly why: string;
  readonly hint: string;
}

/** Most telling first: a certificate that is not trusted also ends in "could not connect", and pip ends everything in "from versions: none". */
const CAUSES: readonly Cause[] = [
  {
    pattern: /No space left on device|os error 28|Disk quota exceeded/i,
    why: "the disk that holds the store is full",
    hint: "Free some space, run `fettle store prune`, or set FETTLE_HOME to a larger disk.",
  },
  {
    pattern:
      /UnknownIssuer|invalid peer certificate|certificate verify failed|CERTIFICATE_VERIFY_FAILED|SSLError|InvalidCertificate|CaUsedAsEndEntity/i,
    why: "the package index's TLS certificate is not trusted",
    hint: "Name your certificate authority: set SSL_CERT_FILE, or pip's `cert`, to its PEM file.",
  },
  {
    pattern: /Hash mismatch|DO NOT MATCH THE HASHES/i,
    why: "a package's bytes are not the ones the lock names (wrong hash)",
    hint: "Somebody changed the package or the lock; do not go on before you know who.",
  },
  {
    pattern: /401 Unauthorized|403 Forbidden|407 Proxy Authentication/i,
    why: "the package index or proxy refused access",
    hint: "Check the user name and password in pip's `index-url`, ~/.netrc or HTTPS_PROXY.",
  },
  {
    pattern:
      /dns error|failed to lookup address|Name or service not known|Temporary failure in name resolution|Network is unreachable|Connection refused|Connection reset|tcp connect error|error sending request|operation timed out|ReadTimeout|NewConnectionError|ProxyError|Failed to fetch|Could not connect/i,
    why: "the package index could not be reached (no network?)",
    hint: "Check the network, pip's `index-url` and the proxy; what is in the store can be used without.",
  },
  {
    pattern:
      /no wheels? with a matching|has no wheels|no usable wheels|not a supported wheel on this platform|incompatible with the current (?:Python|platform)|building source distributions is disabled/i,
    why: "a package has no wheel for this platform and Python",
    hint: "Use a machine or a Python version that the toolchain's maker builds for.",
  },
  {
    pattern: /not found in the package registry|was not found in the provided package locations|404 Not Found|there is no version of/i,
    why: "the package index does not have a package the lock names",
    hint: "Check pip's `index-url`: a mirror may lack the package.",
  },
  {
    pattern: /from versions: none/i,
    why: "the package index could not be reached, or lacks a package (pip does not say which)",
    hint: "Check the network, the certificate authority (SSL_CERT_FILE), pip's `index-url` and the proxy.",
  },
];

/** Why an environment could not be made, as its maker's output tells, and what would help. */
export function environmentFailure({ name, part, output, log, interrupted }: FailedMaking): Failure {
  if (interrupted) return { reason: "interrupted", message: `Stopped while the environment ${name} was being made.`, log };
  const cause = CAUSES.find(({ pattern }) => pattern.test(output));
  // The line that shows the cause says more than the one that begins the complaint.
  const shown = output.split("\n").find((text) => cause?.pattern.test(text));
  const line = shown === undefined ? keyLine(output) : shown.trim();
  return {
    reason: "environment-unavailable",
    message: `The environment ${name} could not be made${part === undefined ? "" : ` (${part})`}: ${cause?.why ?? "its installer failed"}.`,
    ...(cause === undefined ? {} : { hint: cause.hint }),
    ...(line === null ? {} : { keyLine: line }),
    log,
  };
}

import { expect, test } from "vitest";
import { environmentFailure } from "../../../src/executors/environments/environment-failure.ts";

// Words of uv 0.13 and pip 24 as they were printed.
test.each([
  [
    "error: Failed to fetch: https://x/simple/numpy/\n  cause: error sending request for url (https://x/simple/numpy/)\n  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer\n",
    "TLS certificate is not trusted",
    "SSL_CERT_FILE",
    "cause: invalid peer certificate: UnknownIssuer",
  ],
  [
    "error: Request failed after 3 retries in 5.6s\n  cause: Failed to fetch: https://x/simple/numpy/\n  cause: dns error\n  cause: failed to lookup address information: Temporary failure in name resolution\n",
    "could not be reached",
    "network",
    "cause: Failed to fetch: https://x/simple/numpy/",
  ],
  [
    "error: Failed to download `numpy==2.4.6`\n  cause: Hash mismatch for `numpy==2.4.6`\n\nExpected:\n  sha256:00\n\nComputed:\n  sha256:11\n",
    "wrong hash",
    "Somebody changed",
    "cause: Hash mismatch for `numpy==2.4.6`",
  ],
  [
    "  × No solution found when resolving dependencies:\n  ╰─▶ Because pywin32==311 has no wheels with a matching platform tag (e.g., `manylinux_2_36_x86_64`)\n",
    "no wheel for this platform",
    "machine or a Python version",
    "╰─▶ Because pywin32==311 has no wheels with a matching platform tag (e.g., `manylinux_2_36_x86_64`)",
  ],
  [
    "WARNING: Retrying after connection broken by 'NewConnectionError(Temporary failure in name resolution)'\nERROR: Could not find a version that satisfies the requirement uv==0.13.9 (from versions: none)\nERROR: No matching distribution found for uv==0.13.9\n",
    "could not be reached (no network?)",
    "proxy",
    "WARNING: Retrying after connection broken by 'NewConnectionError(Temporary failure in name resolution)'",
  ],
  [
    "ERROR: Could not find a version that satisfies the requirement uv==0.13.9 (from versions: none)\nERROR: No matching distribution found for uv==0.13.9\n",
    "could not be reached, or lacks a package",
    "certificate authority",
    "ERROR: Could not find a version that satisfies the requirement uv==0.13.9 (from versions: none)",
  ],
  [
    "error: Failed to install: numpy\n  cause: No space left on device (os error 28)\n",
    "disk that holds the store is full",
    "prune",
    "cause: No space left on device (os error 28)",
  ],
  ["error: something new\n", "its installer failed", undefined, "error: something new"],
])("%s", (output, why, hint, keyLine) => {
  const failure = environmentFailure({ name: "openvino", output, log: "/logs/e.log", interrupted: false });
  expect(failure).toMatchObject({ reason: "environment-unavailable", log: "/logs/e.log", keyLine });
  expect(failure.message).toMatch(/^The environment openvino could not be made: /);
  expect(failure.message).toContain(why);
  if (hint === undefined) expect(failure.hint).toBeUndefined();
  else expect(failure.hint).toContain(hint);
});

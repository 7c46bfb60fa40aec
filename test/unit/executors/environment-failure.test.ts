import { expect, test } from "vitest";
import { environmentFailure } from "../../../src/executors/environments/environment-failure.ts";

// Words of uv 0.13 and pip 24 as they were printed.
test.each([
  [
    "error: Failed to fetch: `https://x/simple/numpy/`\n  Caused by: invalid peer certificate: UnknownIssuer\n",
    "TLS certificate is not trusted",
    "SSL_CERT_FILE",
  ],
  [
    "error: Failed to fetch: `https://x/simple/numpy/`\n  Caused by: dns error\n  Caused by: failed to lookup address information: Name or service not known\n",
    "could not be reached",
    "network",
  ],
  [
    "error: Failed to download `numpy==2.4.6`\n  Caused by: Hash mismatch for `numpy==2.4.6`\n\nExpected:\n  sha256:00\n\nComputed:\n  sha256:11\n",
    "wrong hash",
    "Somebody changed",
  ],
  [
    "  × No solution found when resolving dependencies:\n  ╰─▶ Because tvm==0.27.0 has no wheels with a matching platform tag (e.g., `manylinux_2_36_x86_64`)\n",
    "no wheel for this platform",
    "machine or a Python version",
  ],
  ["ERROR: Could not find a version that satisfies the requirement uv==0.13.9 (from versions: none)\n", "does not have a package", "TLS"],
  ["error: Failed to install: numpy\n  Caused by: No space left on device (os error 28)\n", "disk that holds the store is full", "prune"],
  ["error: something new\n", "its installer failed", undefined],
])("%s", (output, why, hint) => {
  const failure = environmentFailure({ name: "openvino", output, log: "/logs/e.log", interrupted: false });
  expect(failure).toMatchObject({ reason: "environment-unavailable", log: "/logs/e.log" });
  expect(failure.message).toMatch(/^The environment openvino could not be made: /);
  expect(failure.message).toContain(why);
  if (hint === undefined) expect(failure.hint).toBeUndefined();
  else expect(failure.hint).toContain(hint);
});

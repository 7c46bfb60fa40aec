import { expect, test } from "vitest";
import { buildFailure, imageFailure } from "../../../../src/executors/images/image-failure.ts";

const failed = (output: string) => ({ name: "tvm", doing: "build the image of tvm", output, log: "/logs/x.log", interrupted: false });

// Words of podman 4.3, docker 20.10 and pip 23 as they were printed.
test.each([
  [
    "the disk of the engine, though pip was at work",
    "Collecting numpy==2.4.6\nERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
    "podman could not build the image of tvm: the disk that holds podman's storage is full.",
    /system prune/,
  ],
  [
    "a daemon that went away",
    "#7 3.1 Collecting numpy==2.4.6\nCannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
    "podman could not build the image of tvm: podman does not answer (is its daemon running?).",
    /systemctl/,
  ],
  [
    "a certificate that pip does not trust",
    "#7 1.2 WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))'\n#7 9.0 ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)\n",
    "The environment tvm could not be made (its image): the package index's TLS certificate is not trusted.",
    /SSL_CERT_FILE/,
  ],
  [
    "pip's words when it says nothing of a certificate",
    "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)\n",
    "The environment tvm could not be made (its image): the package index could not be reached, or lacks a package (pip does not say which).",
    /certificate authority/,
  ],
  [
    "a package with other bytes than the lock's",
    "Collecting numpy==2.4.6\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    numpy==2.4.6 from https://x/numpy.whl:\n        Expected sha256 00\n             Got        11\n",
    "The environment tvm could not be made (its image): a package's bytes are not the ones the lock names (wrong hash).",
    /who/,
  ],
  [
    "a base that the registry has not",
    "Error: creating build container: initializing source docker://r/python@sha256:aa: reading manifest sha256:aa in r/python: manifest unknown: manifest unknown\n",
    "podman could not build the image of tvm: the registry has no image of that digest.",
    /reference/,
  ],
  ["anything else", "Error: something new\n", "podman could not build the image of tvm: it gave an error.", undefined],
] as const)("%s", (_, output, message, hint) => {
  const failure = buildFailure("podman", failed(output));
  expect(failure).toMatchObject({ reason: "environment-unavailable", message, log: "/logs/x.log" });
  if (hint === undefined) expect(failure.hint).toBeUndefined();
  else expect(failure.hint).toMatch(hint);
});

test.each([
  [
    "dial tcp 127.0.0.1:5000: connect: connection refused",
    "the registry could not be reached (no network, or nothing listens there)",
    /images load/,
  ],
  [
    "dial tcp: lookup registry.example: no such host",
    "the registry could not be reached (no network, or nothing listens there)",
    /images load/,
  ],
  ["x509: certificate signed by unknown authority", "the registry's TLS certificate is not trusted", /certificate authority/],
  ["denied: requested access to the resource is denied", "the registry refused access", /login/],
])("a pull that failed with %s", (output, why, hint) => {
  const failure = imageFailure("docker", { ...failed(output), doing: "pull the base image x" });
  expect(failure.message).toBe(`docker could not pull the base image x: ${why}.`);
  expect(failure.hint).toMatch(hint);
});

test("stopping is no failure of the engine", () => {
  expect(buildFailure("docker", { ...failed("killed"), interrupted: true })).toMatchObject({ reason: "interrupted" });
  expect(imageFailure("docker", { ...failed(""), interrupted: true })).toMatchObject({ reason: "interrupted" });
});

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isOrphan, newContainerName } from "../../../../src/executors/container/container-name.ts";
import { containerUser } from "../../../../src/executors/container/container-user.ts";
import { detectEngine } from "../../../../src/executors/container/engine.ts";
import { engineFailure } from "../../../../src/executors/container/engine-failure.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

const NEVER = new AbortController().signal;

/** A program that prints what an engine's client prints. */
function client(name: string, script: string): NodeJS.ProcessEnv {
  const folder = scratchFolder("bin");
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return { PATH: `${folder}:/usr/bin:/bin` };
}

const PODMAN = {
  host: { cgroupControllers: ["cpuset", "cpu", "memory", "pids"], cgroupVersion: "v1", security: { rootless: false } },
  version: { Version: "4.3.1" },
};
const ROOTLESS = { host: { cgroupControllers: [], security: { rootless: true } }, version: { Version: "4.3.1" } };
const DOCKER = {
  ServerVersion: "20.10.24+dfsg1",
  SecurityOptions: ["name=seccomp,profile=default"],
  MemoryLimit: true,
  PidsLimit: true,
  CPUSet: true,
};

describe("an engine is asked", () => {
  test.each([
    ["podman", PODMAN, { version: "4.3.1", rootless: false, enforces: { memory: true, processes: true, processors: true } }],
    ["podman", ROOTLESS, { rootless: true, enforces: { memory: false, processes: false, processors: false } }],
    ["docker", DOCKER, { version: "20.10.24+dfsg1", rootless: false, enforces: { memory: true, processes: true, processors: true } }],
    ["docker", { ...DOCKER, SecurityOptions: ["name=rootless"], MemoryLimit: false }, { rootless: true, enforces: { memory: false } }],
  ] as const)("%s, %#", async (name, info, expected) => {
    const engine = await detectEngine(name, { env: client(name, `echo '${JSON.stringify(info)}'`), signal: NEVER });
    expect(engine).toMatchObject({ ok: true, value: { name, ...expected } });
  });

  test("a program that is not there", async () => {
    const engine = await detectEngine("podman", { env: { PATH: "/nowhere" }, signal: NEVER });
    expect(engine).toMatchObject({ ok: false, error: { reason: "environment-unavailable", message: "podman is not installed." } });
  });

  test("a client whose daemon is dead answers, but not for an engine", async () => {
    const said = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
    const env = client("docker", `echo '{"ServerErrors":["${said}"],"ClientInfo":{}}'; echo 'errors pretty printing info' >&2; exit 1`);
    const engine = await detectEngine("docker", { env, signal: NEVER });
    expect(engine).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("does not answer"), hint: expect.stringContaining("systemctl") },
    });
  });

  test("a user who may not", async () => {
    const said = "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock";
    const engine = await detectEngine("docker", { env: client("docker", `echo '${said}' >&2; exit 1`), signal: NEVER });
    expect(engine).toMatchObject({ ok: false, error: { hint: expect.stringContaining("usermod") } });
  });
});

describe("what an engine complains of", () => {
  test.each([
    ["docker: Error response from daemon: No such image: sha256:aa.", "the image is not in docker's storage"],
    ["Error: sha256:aa: image not known", "the image is not in docker's storage"],
    ["Error response from daemon: manifest unknown: manifest unknown", "the registry has no image of that digest"],
    ["write /var/lib/docker/tmp/x: no space left on device", "the disk that holds docker's storage is full"],
    ['could not select device driver "" with capabilities: [[gpu]].', "a device the target needs cannot be given to a container"],
    [
      "Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=0",
      "a device the target needs cannot be given to a container",
    ],
    ["error during connect: Get http://x: EOF", "docker does not answer (is its daemon running?)"],
    [
      "dial tcp: lookup registry.example on 1.1.1.1:53: no such host",
      "the registry could not be reached (no network, or nothing listens there)",
    ],
    ["x509: certificate signed by unknown authority", "the registry's TLS certificate is not trusted"],
    ["something nobody has seen", "it gave an error"],
  ])("%s", (output, why) => {
    expect(engineFailure("docker", { output, missing: false }).message).toBe(`docker could not do what it was asked: ${why}.`);
  });
});

test("who a container's user is", () => {
  const me = { uid: 1000, gid: 100 };
  expect(containerUser({ name: "podman", rootless: true }, me)).toEqual({ ...me, keepId: true, handOver: false });
  expect(containerUser({ name: "docker", rootless: true }, me)).toEqual({ uid: 0, gid: 0, keepId: false, handOver: false });
  expect(containerUser({ name: "docker", rootless: false }, me)).toEqual({ ...me, keepId: false, handOver: false });
  expect(containerUser({ name: "docker", rootless: false }, { uid: 0, gid: 0 })).toMatchObject({ uid: 65534, handOver: true });
});

test("a container's name tells whether its Fettle still runs", () => {
  const own = newContainerName();
  const [, namespace, pid] = own.split("-");
  expect(isOrphan(own)).toBe(false);
  expect(isOrphan(`fettle-${namespace}-${pid}-1-abcd0123`)).toBe(true);
  expect(isOrphan("fettle-1-1-1-abcd0123")).toBe(false);
  expect(isOrphan("somebody-elses")).toBe(false);
});

import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { FakeToolchain } from "../rig/fake-toolchain.ts";
import { makeProject, type Project, writeDigits } from "../rig/project.ts";
import { scratchFolder } from "../rig/scratch.ts";

/** A project on a machine where these programs answer as the scripts say; an empty script: the program is there and fails. */
async function machine(engines: Readonly<Record<string, string>>): Promise<Project> {
  const folder = scratchFolder("bin");
  for (const [name, script] of Object.entries({ podman: "exit 127", docker: "exit 127", ...engines })) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const fake = new FakeToolchain("fake");
  await fake.listen();
  const project = makeProject({ toolchains: [fake], env: { PATH: `${folder}${delimiter}${process.env.PATH ?? ""}` } });
  writeDigits(project);
  return project;
}

const ROOTLESS = { host: { cgroupControllers: [], security: { rootless: true } }, version: { Version: "4.3.1" } };

describe("an engine that was asked for", () => {
  test.each([
    [
      "docker",
      `echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1`,
      ["does not answer", "systemctl start docker"],
    ],
    [
      "docker",
      `echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1`,
      ["may not talk to docker", "usermod"],
    ],
    ["podman", `echo "something new" >&2; exit 125`, ["podman could not do what it was asked", "something new"]],
  ])("%s, and does not work: %s", async (name, script, texts) => {
    const project = await machine({ [name]: script });
    const ended = await project.run("build", "digits.yaml", "--executor", name);
    expect(ended.code).toBe(3);
    for (const text of texts) expect(ended.stderr).toContain(text);
    expect(ended.stdout).toBe("");
  });

  test("that ignores limits is refused with --strict, and named", async () => {
    const project = await machine({ podman: `echo '${JSON.stringify(ROOTLESS)}'` });
    const ended = await project.run("build", "digits.yaml", "--executor", "podman", "--strict");
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("podman 4.3.1 does not enforce limits on memory and processes here, and --strict asks for it.");
  });

  test("has an isolation of its own", async () => {
    const project = await machine({});
    const ended = await project.run("build", "digits.yaml", "--executor", "podman", "--isolation", "bubblewrap");
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("--isolation is for the sandbox");
  });

  test("is one of those there are", async () => {
    const project = await machine({});
    const ended = await project.run("build", "digits.yaml", "--executor", "lxc");
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("auto, sandbox, podman, docker");
  });
});

test("auto asks no engine whose images the store does not know of", async () => {
  const asked = join(scratchFolder("asked"), "podman");
  const project = await machine({ podman: `touch ${asked}; exit 1` });
  const planned = await project.run("plan", "digits.yaml");
  expect(planned.code).toBe(0);
  expect(existsSync(asked)).toBe(false);
  expect((await project.run("plan", "digits.yaml", "--executor", "podman")).code).toBe(3);
  expect(existsSync(asked)).toBe(true);
});

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ContainerExecutor } from "../../src/executors/container/container-executor.ts";
import { command, NEVER, run } from "../rig/commands.ts";
import { bareImage, enginesHere } from "../rig/engines.ts";

/** A device of a made-up kind: the kernel's source of zeros under another name, so that it can be read from. */
const NODE = "/dev/fettle-test0";
const CDI_FILE = "/etc/cdi/fettle-test.json";
const CDI = {
  cdiVersion: "0.3.0",
  kind: "fettle.test/ipu",
  devices: [{ name: "0", containerEdits: { env: ["FETTLE_TEST_IPU=0"], deviceNodes: [{ path: NODE, type: "c", major: 1, minor: 5 }] } }],
};
const READS = `python -c 'print(open("${NODE}", "rb").read(4))'`;

beforeAll(() => {
  rmSync(NODE, { force: true });
  execFileSync("mknod", ["-m", "666", NODE, "c", "1", "5"]);
  mkdirSync("/etc/cdi", { recursive: true });
  writeFileSync(CDI_FILE, JSON.stringify(CDI));
});
afterAll(() => {
  rmSync(NODE, { force: true });
  rmSync(CDI_FILE, { force: true });
});

for (const [name, engine] of await enginesHere()) {
  const environment = await bareImage(engine);
  describe(name, () => {
    const executor = new ContainerExecutor(engine);
    afterAll(() => executor.close());

    test("a command without the device does not see it", async () => {
      const { exit } = await run(executor, command(["sh", "-c", `test -e ${NODE}`], { environment }));
      expect(exit.code).toBe(1);
    });

    test("a device node is given to the command that asks for it, and to no other", async () => {
      const devices = [{ kind: "node", path: NODE }] as const;
      const { log } = await run(executor, command(["sh", "-c", READS], { environment, devices }));
      expect(log).toBe("b'\\x00\\x00\\x00\\x00'\n");
    });

    test("a device by its CDI name, or a clear word of an engine that knows none", async () => {
      const devices = [{ kind: "cdi", name: "fettle.test/ipu=0" }] as const;
      const done = await executor.run(command(["sh", "-c", READS], { environment, devices }), { signal: NEVER });
      if (name === "podman" || Number(engine.version.split(".")[0]) >= 25) expect(done).toMatchObject({ ok: true, value: { code: 0 } });
      else expect(done).toMatchObject({ ok: false, error: { message: expect.stringContaining("a device the target needs") } });
    });

    test("a device that is not there", async () => {
      const devices = [{ kind: "node", path: "/dev/fettle-none" }] as const;
      const done = await executor.run(command(["true"], { environment, devices }), { signal: NEVER });
      expect(done).toMatchObject({ ok: false, error: { message: expect.stringContaining("a device the target needs") } });
    });
  });
}

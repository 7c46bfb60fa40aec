import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ContainerExecutor } from "../../src/executors/container/container-executor.ts";
import { command, run } from "../rig/commands.ts";
import { bareImage, enginesHere } from "../rig/engines.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

const PROBE = readFileSync(inRepository("test/rig/probe.py"), "utf8");

for (const [name, engine] of await enginesHere()) {
  const environment = await bareImage(engine);
  describe.each([{ keep: true }, { keep: false }])(`${name}, kept: $keep`, ({ keep }) => {
    const executor = new ContainerExecutor(engine, { keep, keptIn: tmpdir() });
    afterAll(() => executor.close());

    test("every wall holds, seen from inside", async () => {
      const mounts = [{ source: scratchFolder("data"), at: "in/data" }];
      const limits = { timeoutMs: 20_000, memoryBytes: 500e6, processes: 100, outputBytes: 1e9 };
      const spec = command(["python", "-c", PROBE], { environment, mounts, limits });
      const { messages, exit, log } = await run(executor, spec);
      expect(log).toBe("");
      expect(exit).toMatchObject({ code: 0, stopped: null });
      const [seen] = messages as Record<string, unknown>[];
      const none = "0".repeat(16);
      expect(seen).toMatchObject({
        capabilities: [none, none, none, none],
        noNewPrivileges: "1",
        interfaces: ["lo"],
        network: "OSError: Network is unreachable",
        writable: [],
        workspace: true,
        scratch: [true, true],
        disks: [],
        socket: [],
        host: "fettle",
        first: "/fettle/keeper.py",
      });
      expect(seen?.uid).not.toBe(0);
      expect(seen?.seccomp).toBe("2");
      // Fettle's own watch stops what goes over its limits; the kernel's lie above, for what is too fast for it.
      expect(seen?.processes).toBe(2 * limits.processes);
      expect(Number(seen?.memory) / limits.memoryBytes).toBeCloseTo(1.25, 3);
    });

    test("a link in the place of its inputs leads nobody out of the workspace afterwards", async () => {
      const [data, outside] = [scratchFolder("data"), scratchFolder("outside")];
      mkdirSync(join(outside, "data"));
      writeFileSync(join(outside, "data", "precious"), "kept");
      const before = statSync(join(outside, "data", "precious"));
      const script = `mv in moved 2>/dev/null; ln -s "$1" in 2>/dev/null; ln -s "$1" out/link; exit 0`;
      const spec = command(["sh", "-c", script, "sh", outside], { environment, mounts: [{ source: data, at: "in/data" }] });
      expect((await run(executor, spec)).exit.code).toBe(0);
      const after = statSync(join(outside, "data", "precious"));
      expect([after.uid, after.gid, after.mode, after.ino]).toEqual([before.uid, before.gid, before.mode, before.ino]);
    });

    test("nothing of one command is found by the next", async () => {
      const leave = `touch /tmp/left "$HOME/left" left out/left; ln -s /etc/passwd out/link; (sleep 600 &) ; echo '{"done": 1}'`;
      await run(executor, command(["sh", "-c", leave], { environment }));
      const look = `find /tmp "$HOME" /workspace -name left -o -name link; exec python -c 'import os; print(sum(name.isdigit() for name in os.listdir("/proc")))'`;
      const { log } = await run(executor, command(["sh", "-c", look], { environment }));
      // The keeper and the command itself.
      expect(log).toBe("2\n");
    });
  });
}

import { describe, expect, test, vi } from "vitest";
import type { Engine } from "../../src/executors/container/engine.ts";
import { runEngine } from "../../src/executors/container/engine.ts";
import { removeOrphans } from "../../src/executors/container/remove-orphans.ts";
import { OWNED } from "../../src/executors/container/run-argv.ts";
import { type Child, startChild } from "../rig/child.ts";
import { NEVER } from "../rig/commands.ts";
import { bareImage, enginesHere } from "../rig/engines.ts";
import { scratchFolder } from "../rig/scratch.ts";

async function containersOf(engine: Engine, child: Child): Promise<string[]> {
  const listed = await runEngine(engine, ["ps", "--all", "--filter", `label=${OWNED}`, "--format", "{{.Names}}"], { signal: NEVER });
  return listed.stdout.split("\n").filter((name) => name.includes(`-${child.pid}-`));
}

for (const [name, engine] of await enginesHere()) {
  const { image } = await bareImage(engine);
  const start = (kept: "kept" | "alone") => startChild("container-child.ts", [name, image?.id ?? "", scratchFolder("work"), kept]);

  describe.each(["kept", "alone"] as const)(`${name}, %s`, (kept) => {
    test("a container ends with Fettle, however Fettle ends", async () => {
      const child = start(kept);
      expect(await child.line()).toBe("running");
      expect(await containersOf(engine, child)).toHaveLength(1);
      child.kill("SIGKILL");
      await child.ended;
      await vi.waitFor(async () => expect(await containersOf(engine, child)).toEqual([]), { timeout: 20_000, interval: 200 });
    });

    test("a container that somebody kills is a crash that says so, and takes nothing else along", async () => {
      const child = start(kept);
      expect(await child.line()).toBe("running");
      const [container = ""] = await containersOf(engine, child);
      await runEngine(engine, ["kill", container], { signal: NEVER });
      expect(JSON.parse((await child.line()) ?? "")).toMatchObject({ ok: true, value: { code: null, signal: "SIGKILL", stopped: null } });
    });

    test("a stopped client loses the container to nobody: it is removed as soon as Fettle notices", async () => {
      const child = start(kept);
      expect(await child.line()).toBe("running");
      const [container = ""] = await containersOf(engine, child);
      // As if Fettle and its client had been killed and the engine had not noticed: the owner's process is gone.
      child.kill("SIGKILL");
      await child.ended;
      await removeOrphans(engine, NEVER);
      expect(await containersOf(engine, child)).toEqual([]);
      expect(container).not.toBe("");
    });
  });
}

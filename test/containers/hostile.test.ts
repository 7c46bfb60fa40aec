import { tmpdir } from "node:os";
import { describe } from "vitest";
import { ContainerExecutor } from "../../src/executors/container/container-executor.ts";
import { hostileContract } from "../contract/suites/hostile.ts";
import { bareImage, enginesHere } from "../rig/engines.ts";

for (const [name, engine] of await enginesHere()) {
  const environment = await bareImage(engine);
  const hasGroups = engine.enforces.memory && engine.enforces.processes;
  const shelter = engine.rootless ? "rootless engine" : name;
  describe.each([{ keep: true }, { keep: false }])(`${name}, kept: $keep`, ({ keep }) => {
    const make = async () => new ContainerExecutor(engine, { keep, keptIn: tmpdir() });
    hostileContract({ shelter, make, environment: () => environment, hasGroups });
  });
}

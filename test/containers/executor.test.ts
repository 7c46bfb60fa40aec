import { tmpdir } from "node:os";
import { describe } from "vitest";
import { ContainerExecutor } from "../../src/executors/container/container-executor.ts";
import { executorContract } from "../contract/suites/executor.ts";
import { bareImage, enginesHere } from "../rig/engines.ts";

for (const [name, engine] of await enginesHere()) {
  const environment = await bareImage(engine);
  const held = { network: "none", files: "closed", environment: () => environment, compiler: false } as const;
  describe(`${name}, kept containers`, () =>
    executorContract({ ...held, make: async () => new ContainerExecutor(engine, { keptIn: tmpdir() }) }));
  describe(`${name}, a container for each command`, () =>
    executorContract({ ...held, make: async () => new ContainerExecutor(engine, { keep: false }) }));
}

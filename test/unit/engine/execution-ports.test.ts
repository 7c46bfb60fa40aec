import { expect, test } from "vitest";
import type { Executor } from "../../../src/domain/command.ts";
import type { Environments } from "../../../src/domain/environment.ts";
import { executionPorts } from "../../../src/engine/execution/chosen-execution.ts";
import { HOST } from "../../rig/recipe-folder.ts";

test("where workers do not see this machine's emulators, planning is told so", () => {
  const ports = { executor: {} as Executor, environments: {} as Environments };
  expect(executionPorts(ports, HOST).host).toBe(HOST);
  const noEmulation = "podman's containers do not see this machine's emulators";
  expect(executionPorts({ ...ports, noEmulation }, HOST)).toEqual({ ...ports, host: { ...HOST, noEmulation } });
});

import { afterAll, beforeAll, describe } from "vitest";
import type { Executor } from "../../../src/domain/command.ts";
import { Attacker, type HostileContract } from "../../rig/hostile/attack.ts";
import { hostileFiles } from "./hostile-files.ts";
import { hostileLimits } from "./hostile-limits.ts";
import { hostileWorld } from "./hostile-world.ts";

/**
 * Hostile programs in an executor. Each test looks at what happened outside, and compares it with what docs/security.md says of this
 * shelter: what is held must hold, and what is said to be open must be open, or the page is out of date.
 */
export function hostileContract(contract: HostileContract): void {
  let executor: Executor;
  beforeAll(async () => {
    executor = await contract.make();
  });
  afterAll(() => executor.close());
  const attacker = new Attacker(contract, () => executor);

  describe("files", () => hostileFiles(attacker));
  describe("the rest of the machine", () => hostileWorld(attacker));
  describe("limits", () => hostileLimits(attacker));
}

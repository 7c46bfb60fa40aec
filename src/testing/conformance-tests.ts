import { CHECKS, checkToolchain, type Finding } from "./check-toolchain.ts";
import type { Subject } from "./subject.ts";

/** What defines a test: vitest's `test`, or any function of this form (`node:test`, mocha, jest). */
export type DefineTest = (name: string, run: () => Promise<void>) => void;

/**
 * Defines a test for each check, all from one trial of the toolchain. What does not apply here passes, and is told on standard
 * error with its reason: a check that did not run must not look like one that did.
 *
 *     import { test } from "vitest";
 *     import { conformanceTests, findTarget } from "fettle/testing";
 *     conformanceTests(test, async () => ({ toolchain, target: await findTarget("cpu-x64-native"), precision: "float32" }));
 */
export function conformanceTests(test: DefineTest, subject: () => Promise<Subject>): void {
  let trial: Promise<readonly Finding[]> | null = null;
  for (const { name, title } of CHECKS) {
    test(`${name}: ${title}`, async () => {
      trial ??= subject().then((each) => checkToolchain(each));
      const found = (await trial).find(({ check }) => check === name);
      if (found === undefined) throw new Error(`the trial has no finding for ${name}`);
      if (found.status === "failed") throw new Error(found.message);
      if (found.status === "not-applicable") process.stderr.write(`not applicable: ${name}: ${found.message}\n`);
    });
  }
}

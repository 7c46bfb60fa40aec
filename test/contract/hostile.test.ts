import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Executor, SandboxIsolation } from "../../src/domain/command.ts";
import { createSandbox } from "../../src/executors/sandbox/create-sandbox.ts";
import { openStore } from "../../src/store/open-store.ts";
import { hasControlGroups, protectionTable } from "../rig/hostile/protections.ts";
import { inRepository } from "../rig/repository.ts";
import { hostileContract } from "./suites/hostile.ts";
import { hostileResultsContract } from "./suites/hostile-results.ts";

/** An isolation that this machine lacks is said loudly and not attacked; where FETTLE_TEST_ALL_ISOLATIONS is set, it is a failure. */
async function works(mode: SandboxIsolation): Promise<boolean> {
  const made = await createSandbox({ mode });
  if (made.ok) return true;
  process.stderr.write(`\nNOT RUN: hostile programs in ${mode} isolation. ${made.error.message}\n`);
  return process.env.FETTLE_TEST_ALL_ISOLATIONS === "1";
}

async function make(mode: SandboxIsolation): Promise<Executor> {
  const made = await createSandbox({ mode });
  if (!made.ok) throw new Error(made.error.message);
  return made.value.executor;
}

const hasGroups = hasControlGroups();
if (!hasGroups) process.stderr.write("\nNo control groups can be made here: what only they hold is attacked as open.\n");

for (const shelter of ["bubblewrap", "namespaces", "process"] as const) {
  describe.runIf(await works(shelter))(shelter, () => hostileContract({ shelter, make: () => make(shelter), hasGroups }));
}

describe("what is left as a result", () => hostileResultsContract((root, onDamage) => openStore({ root, onDamage })));

test("docs/security.md says of each shelter what the attacks found", () => {
  const page = readFileSync(inRepository("docs/security.md"), "utf8");
  const [, table] = /<!-- checked by the hostile suite -->\n\n([\s\S]*?)\n\n<!-- end -->/.exec(page) ?? [];
  expect(table).toBe(protectionTable());
});

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import { scratchFolder } from "../rig/scratch.ts";
import { keyOf, recordFor } from "../rig/store-records.ts";

// Making and removing so many files takes what it takes.
test("a result of more files than can be kept is refused, and goes", async () => {
  const store = await openStore({ root: scratchFolder("store"), onDamage: () => {} });
  if (!store.ok) throw new Error(store.error.message);
  onTestFinished(() => store.value.close());
  const workspace = await store.value.workspace("hostile");
  if (!workspace.ok) throw new Error(workspace.error.message);
  execFileSync("python3", ["-c", MANY, join(workspace.value.path, "out")]);
  const done = await store.value.commit(workspace.value, recordFor(keyOf("many")));
  expect(done).toMatchObject({
    ok: false,
    error: { reason: "output-too-large", message: "The result has more than 100000 files and folders." },
  });
  await workspace.value.discard();
  expect(existsSync(workspace.value.path)).toBe(false);
});

const MANY = `
import os, sys
for index in range(100_001):
    os.close(os.open(f"{sys.argv[1]}/{index}", os.O_CREAT | os.O_WRONLY))
`;

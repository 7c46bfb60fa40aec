import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSandbox } from "../../src/executors/sandbox/create-sandbox.ts";
import { command, run } from "../rig/commands.ts";

/** A device of a made-up kind: the kernel's source of zeros under another name, so that it can be read from. */
const NODE = `/dev/fettle-test-${process.pid}`;
const READS = `import os\nprint(open("${NODE}", "rb").read(4) if os.path.exists("${NODE}") else "none")`;

const sandbox = await createSandbox({ mode: "bubblewrap" });
const isRoot = process.getuid?.() === 0;
if (!sandbox.ok || !isRoot) process.stderr.write("\nNOT RUN: device nodes in bubblewrap: it needs bubblewrap, and root to make a node.\n");

describe.runIf(sandbox.ok && isRoot)("device nodes in bubblewrap", () => {
  beforeAll(() => void execFileSync("mknod", ["-m", "666", NODE, "c", "1", "5"]));
  afterAll(() => rmSync(NODE, { force: true }));

  test("are given to the command that asks for them, and to no other", async () => {
    if (!sandbox.ok) throw new Error(sandbox.error.message);
    const { executor } = sandbox.value;
    const given = await run(executor, command(["python", "-c", READS], { devices: [{ kind: "node", path: NODE }] }));
    expect(given.log).toBe("b'\\x00\\x00\\x00\\x00'\n");
    expect((await run(executor, command(["python", "-c", READS]))).log).toBe("none\n");
  });
});

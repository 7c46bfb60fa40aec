// A Fettle that runs a command which never ends, with descriptor 3 handed on to it. Says `running` when it does.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { SandboxIsolation } from "../../src/domain/command.ts";
import { digestBytes } from "../../src/domain/digest.ts";
import { createSandbox } from "../../src/executors/sandbox/create-sandbox.ts";

const [mode = "auto", folder = ""] = process.argv.slice(2);
const made = await createSandbox({ mode: mode as SandboxIsolation });
if (!made.ok) throw new Error(made.error.message);
const workspace = join(folder, "work");
mkdirSync(join(workspace, "out"), { recursive: true });
mkdirSync(join(folder, "venv", "bin"), { recursive: true });
symlinkSync("/usr/bin/env", join(folder, "venv", "bin", "python"));
await made.value.executor.run(
  {
    label: "endless",
    argv: ["sh", "-c", `echo '{"running": true}'; exec sleep 600`],
    environment: { name: "none", digest: digestBytes(""), python: "3.11.0", root: join(folder, "venv"), image: null },
    workspace,
    mounts: [],
    devices: [],
    variables: {},
    limits: { timeoutMs: 600_000, memoryBytes: 1e9, processes: 512, outputBytes: 1e9 },
    log: join(folder, "log"),
  },
  { signal: new AbortController().signal, inherit: [3], onMessage: () => void process.stdout.write("running\n") },
);

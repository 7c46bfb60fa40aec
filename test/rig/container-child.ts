// A Fettle that runs a command which never ends in a container of an engine. Says `running` when it does.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineName } from "../../src/domain/command.ts";
import { digestBytes } from "../../src/domain/digest.ts";
import { ContainerExecutor } from "../../src/executors/container/container-executor.ts";
import { detectEngine } from "../../src/executors/container/engine.ts";

const [name = "podman", image = "", folder = "", kept = "kept"] = process.argv.slice(2);
const signal = new AbortController().signal;
const engine = await detectEngine(name as EngineName, { env: process.env, signal });
if (!engine.ok) throw new Error(engine.error.message);
const workspace = join(folder, "work");
mkdirSync(join(workspace, "out"), { recursive: true });
const done = await new ContainerExecutor(engine.value, { keep: kept === "kept" }).run(
  {
    label: "endless",
    argv: ["sh", "-c", `echo '{"running": true}'; exec sleep 600`],
    environment: { name: "none", digest: digestBytes(""), python: null, root: "/opt/fettle/venv", image: { id: image, pinned: null } },
    workspace,
    mounts: [],
    devices: [],
    variables: {},
    limits: { timeoutMs: 600_000, memoryBytes: 1e9, processes: 100, outputBytes: 1e9 },
    log: join(folder, "log"),
  },
  { signal, onMessage: () => void process.stdout.write("running\n") },
);
process.stdout.write(`${JSON.stringify(done)}\n`);

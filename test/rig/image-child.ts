// A Fettle that makes one image: says `made ID` or `failed REASON`, and its progress as `progress TEXT`. SIGTERM stops it in order.

import type { EngineName } from "../../src/domain/command.ts";
import { detectEngine } from "../../src/executors/container/engine.ts";
import { ImageEnvironments } from "../../src/executors/images/image-environments.ts";

const [name = "podman", root = "", lock = "", base = "localhost/fettle-base:1"] = process.argv.slice(2);
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const say = (line: string) => process.stdout.write(`${line}\n`);
const { env } = process;
const engine = await detectEngine(name as EngineName, { env, signal: stop.signal });
if (!engine.ok) throw new Error(engine.error.message);
const environments = new ImageEnvironments({ engine: engine.value, root, env, base, images: new Map(), signal: stop.signal });
const made = await environments.ensure({ name: "toy", lock }, { signal: stop.signal, onProgress: (text) => say(`progress ${text}`) });
say(made.ok ? `made ${made.value.image?.id}` : `failed ${made.error.reason}`);
process.exit();

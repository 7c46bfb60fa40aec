// A Fettle that makes one environment: says `made ROOT` or `failed REASON`, and its progress as `progress TEXT`.
import { createEnvironments } from "../../src/executors/environments/create-environments.ts";

const [root = "", lock = ""] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const made = await createEnvironments({ root }).ensure(
  { name: "toy", lock },
  { signal: new AbortController().signal, onProgress: (text) => say(`progress ${text}`) },
);
say(made.ok ? `made ${made.value.root}` : `failed ${made.error.reason}`);

// A process that uses a store: told by lines on standard input, answers by lines on standard output.
//   lock KEY            -> locked | waiting, locked
//   workspace           -> workspace PATH
//   commit KEY FILES    -> committed DIGEST, or failed REASON
//   once KEY COUNTER    -> executed | found: what an engine does for a step
//   close               -> closed
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseDigest } from "../../src/domain/digest.ts";
import type { Workspace } from "../../src/domain/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { recordFor } from "./store-records.ts";

const opened = await openStore({ root: process.argv[2] ?? "", onDamage: () => {} });
if (!opened.ok) throw new Error(opened.error.message);
const store = opened.value;
const say = (line: string) => process.stdout.write(`${line}\n`);
const forever = new AbortController().signal;

async function workspace(): Promise<Workspace> {
  const made = await store.workspace("child");
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

async function commit(key: string, files: number): Promise<void> {
  const folder = await workspace();
  for (let file = 0; file < files; file += 1) writeFileSync(join(folder.path, "out", `file-${file}`), `contents ${file} of ${key}`);
  say("committing");
  const done = await store.commit(folder, recordFor(parseDigest(key)));
  say(done.ok ? `committed ${done.value.tree.digest}` : `failed ${done.error.reason}`);
}

async function once(key: string, counter: string): Promise<void> {
  const lock = await store.lock(parseDigest(key), { signal: forever });
  if (!lock.ok) throw new Error(lock.error.message);
  const found = await store.lookup(parseDigest(key));
  if (found === null) {
    appendFileSync(counter, "executed\n");
    const folder = await workspace();
    writeFileSync(join(folder.path, "out", "result"), key);
    await store.commit(folder, recordFor(parseDigest(key)));
  }
  await lock.value.release();
  say(found === null ? "executed" : "found");
}

say("open");
for await (const line of createInterface({ input: process.stdin })) {
  const [verb, first = "", second = ""] = line.split(" ");
  if (verb === "lock") {
    await store.lock(parseDigest(first), { signal: forever, onWait: () => say("waiting") });
    say("locked");
  } else if (verb === "workspace") say(`workspace ${(await workspace()).path}`);
  else if (verb === "commit") await commit(first, Number(second));
  else if (verb === "once") await once(first, second);
  else if (verb === "close") {
    await store.close();
    say("closed");
    break;
  }
}

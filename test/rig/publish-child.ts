// A process that publishes toy artifacts into a folder, from another that it fills: told by lines, answers by lines.
//   publish NAME COUNT  -> published, or what failed
import { createInterface } from "node:readline";
import { writeArtifact } from "../../src/engine/publish/write-artifact.ts";
import { toyArtifact } from "./artifacts.ts";

const [directory = "", tree = ""] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

async function publish(name: string, count: number): Promise<string> {
  for (let turn = 0; turn < count; turn += 1) {
    const written = await writeArtifact(directory, toyArtifact(tree, `${name} ${turn}`));
    if (!written.ok) return written.error.message;
  }
  return "published";
}

say("open");
for await (const line of createInterface({ input: process.stdin })) {
  const [, name = "", count = "1"] = line.split(" ");
  say(await publish(name, Number(count)).catch(String));
}

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestWorker } from "../../../src/toolchains/worker-identity.ts";
import { scratchFolder } from "../../rig/scratch.ts";

function workerFolder(): string {
  const directory = scratchFolder("worker");
  mkdirSync(join(directory, "kernels"));
  writeFileSync(join(directory, "worker.py"), "print('hello')\n");
  writeFileSync(join(directory, "kernels/tiles.json"), '{"scale": 1}');
  writeFileSync(join(directory, "kernels/pack"), "#!/bin/sh\n");
  return directory;
}

const changes: [string, (directory: string) => void][] = [
  ["a line of a source", (directory) => writeFileSync(join(directory, "worker.py"), "print('hullo')\n")],
  ["a table below it", (directory) => writeFileSync(join(directory, "kernels/tiles.json"), '{"scale": 2}')],
  ["a program without suffix", (directory) => writeFileSync(join(directory, "kernels/pack"), "#!/bin/bash\n")],
  ["a file that is new", (directory) => writeFileSync(join(directory, "extra.bin"), "")],
  ["a link to a file", (directory) => symlinkSync("kernels/pack", join(directory, "pack"))],
];

test.each(changes)("%s makes another worker", async (_, change) => {
  const directory = workerFolder();
  const before = await digestWorker(directory);
  change(directory);
  expect(await digestWorker(directory)).not.toBe(before);
});

test("a change in the library that it shares makes another worker", async () => {
  const [directory, library] = [workerFolder(), workerFolder()];
  const before = await digestWorker(directory, library);
  writeFileSync(join(library, "kernels/tiles.json"), "{}");
  expect(await digestWorker(directory, library)).not.toBe(before);
});

test("it is the same worker elsewhere, with bytecode, and with links that lead nowhere", async () => {
  const directory = workerFolder();
  const before = await digestWorker(directory);
  const copy = join(scratchFolder("copy"), "worker");
  cpSync(directory, copy, { recursive: true });
  mkdirSync(join(copy, "kernels/__pycache__"), { recursive: true });
  writeFileSync(join(copy, "kernels/__pycache__/tiles.cpython-311.pyc"), "bytecode");
  symlinkSync("nowhere", join(copy, ".#worker.py"));
  expect(await digestWorker(copy)).toBe(before);
});

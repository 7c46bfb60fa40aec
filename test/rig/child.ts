import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A second Node process that a test talks with by lines, so that it decides what happens when. */
export interface Child {
  readonly pid: number;
  /** The next line it prints; null when it has ended. */
  line(): Promise<string | null>;
  say(line: string): void;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
}

/** Starts a program of test/rig in a Node of its own; it is killed with the test. */
export function startChild(program: string, args: readonly string[] = [], inherit: readonly number[] = []): Child {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ["pipe", "pipe", "inherit", ...inherit] }) as ChildProcessByStdio<
    Writable,
    Readable,
    null
  >;
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? -1,
    line: async () => {
      const next = await lines.next();
      return next.done === true ? null : next.value;
    },
    say: (line) => child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    ended: once(child, "exit").then(([code]) => code as number | null),
  };
}

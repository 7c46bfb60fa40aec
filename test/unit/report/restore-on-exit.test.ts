import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const MODULE = new URL("../../../src/report/restore-on-exit.ts", import.meta.url).href;

/** Runs a program that has `restoreOnExit` set up to print `restored`, and gives how it ended. */
async function end(body: string, signal?: NodeJS.Signals) {
  const source = `
    import { writeSync } from "node:fs";
    const { restoreOnExit } = await import(${JSON.stringify(MODULE)});
    const stop = restoreOnExit(() => writeSync(1, "restored\\n"));
    ${body}
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (signal !== undefined && text.includes("ready")) child.kill(signal);
  });
  const [code, endedBy] = await once(child, "close");
  return { output, code, endedBy };
}

const READY = `setInterval(() => {}, 1000); console.log("ready");`;

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s restores and still ends the process as that signal does", async (signal) => {
  expect(await end(READY, signal)).toEqual({ output: "ready\nrestored\n", code: null, endedBy: signal });
});

test("a signal that the program handles itself is left to it", async () => {
  const handled = `process.on("SIGINT", () => { console.log("stopping"); process.exit(130); }); ${READY}`;
  expect(await end(handled, "SIGINT")).toEqual({ output: "ready\nstopping\nrestored\n", code: 130, endedBy: null });
});

test("exit and uncaught errors restore", async () => {
  expect(await end("process.exit(3);")).toEqual({ output: "restored\n", code: 3, endedBy: null });
  expect((await end('throw new Error("a bug");')).output).toBe("restored\n");
});

test("after it was stopped nothing is restored", async () => {
  expect(await end("stop(); process.exit(0);")).toEqual({ output: "", code: 0, endedBy: null });
});

import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Executor } from "../../../src/domain/command.ts";
import type { EnvironmentHandle } from "../../../src/domain/environment.ts";
import { lockFile, tryLockFile } from "../../../src/system/file-lock.ts";
import { type CommandChanges, NEVER, command as plainCommand, run } from "../../rig/commands.ts";
import { scratchFolder } from "../../rig/scratch.ts";

/** An executor under test, with what it promises beyond running commands. */
export interface ExecutorContract {
  make(): Promise<Executor>;
  /** Commands see no network. */
  readonly network: "none" | "host";
  /** `closed`: commands can write to their workspace alone, and see the system and what they were given. */
  readonly files: "closed" | "host";
  /** What commands run in, where it is not a Python of this machine. */
  readonly environment?: () => EnvironmentHandle;
  /** The system that commands see has a compiler. */
  readonly compiler: boolean;
}

export function executorContract({ make, network, files, environment, compiler }: ExecutorContract): void {
  const command = (argv: readonly string[], changes: CommandChanges = {}) =>
    plainCommand(argv, { ...(environment && { environment: environment() }), ...changes });
  let executor: Executor;
  beforeAll(async () => {
    executor = await make();
  });
  afterAll(() => executor.close());

  describe("running", () => {
    test("a status is passed on, and the time it took", async () => {
      const began = performance.now();
      const { exit } = await run(executor, command(["sh", "-c", "exit 37"]));
      expect(exit).toMatchObject({ code: 37, signal: null, stopped: null });
      expect(exit.seconds).toBeGreaterThan(0);
      expect(exit.seconds).toBeLessThanOrEqual((performance.now() - began) / 1000);
    });

    test("JSON objects on standard output are messages, all else is log", async () => {
      const script = `echo '{"progress": {"text": "tuning", "fraction": 0.5}}'; echo noise; echo '{broken'; echo '[1]'; echo warning >&2; printf '{"last": true}'`;
      const { messages, log } = await run(executor, command(["sh", "-c", script]));
      expect(messages).toEqual([{ progress: { text: "tuning", fraction: 0.5 } }, { last: true }]);
      expect(log.split("\n").sort()).toEqual(["", "[1]", "noise", "warning", "{broken"]);
    });

    test("the command works in its workspace, finds its environment first and what it writes stays", async () => {
      const spec = command(["python", "-c", "import sys; open('out/where', 'w').write(sys.prefix)"]);
      await run(executor, spec);
      expect(readFileSync(join(spec.workspace, "out/where"), "utf8")).toBe(spec.environment.root);
      const plain = command(["sh", "-c", "command -v python > out/where"]);
      await run(executor, plain);
      expect(readFileSync(join(plain.workspace, "out/where"), "utf8")).toBe(`${plain.environment.root}/bin/python\n`);
    });

    test("absolute workspace paths in words and variables hold inside; PYTHONPATH entries are the workspace's", async () => {
      const spec = command(["sh", "-c", `cd / && cat "$1/in/request" "$AT/in/request" && python -c 'import helper'`, "sh"]);
      mkdirSync(join(spec.workspace, "in"));
      writeFileSync(join(spec.workspace, "in/request"), "asked ");
      writeFileSync(join(spec.workspace, "in/helper.py"), "print('helped')");
      const variables = { AT: spec.workspace, PYTHONPATH: "in" };
      const { log, exit } = await run(executor, { ...spec, argv: [...spec.argv, spec.workspace], variables });
      expect(log).toBe("asked asked helped\n");
      expect(exit.code).toBe(0);
    });

    test("mounted files and folders are where they were put", async () => {
      const source = scratchFolder("source");
      mkdirSync(join(source, "model"));
      writeFileSync(join(source, "model/graph.onnx"), "graph");
      writeFileSync(join(source, "single"), "file");
      const mounts = [
        { source: join(source, "model"), at: "in/model" },
        { source: join(source, "single"), at: "in/deep/single.txt" },
      ];
      const { log } = await run(executor, command(["sh", "-c", "cat in/model/graph.onnx in/deep/single.txt"], { mounts }));
      expect(log).toBe("graphfile");
    });

    test("nothing of the user's environment is seen, what a tool needs is", async () => {
      vi.stubEnv("FETTLE_TEST_SECRET", "hunter2");
      vi.stubEnv("PYTHONPATH", "/somewhere");
      onTestFinished(() => void vi.unstubAllEnvs());
      const { log } = await run(executor, command(["env"], { variables: { OWN: "given" } }));
      const variables = Object.fromEntries(
        log
          .trim()
          .split("\n")
          .map((line) => line.split(/=(.*)/s).slice(0, 2)),
      );
      expect(variables).toMatchObject({
        OWN: "given",
        LANG: "C.UTF-8",
        PIP_NO_INDEX: "1",
        PIP_REQUIRE_VIRTUALENV: "1",
        PYTHONDONTWRITEBYTECODE: "1",
      });
      const known =
        /^(PATH|HOME|TMPDIR|USER|LOGNAME|LANG|PWD|OLDPWD|SHLVL|_|OWN|VIRTUAL_ENV|FETTLE_RUN|PIP_.*|PYTHON(DONTWRITEBYTECODE|NOUSERSITE|FAULTHANDLER))$/;
      expect(Object.keys(variables).filter((name) => !known.test(name))).toEqual([]);
    });

    test("HOME and TMPDIR are the command's own, empty and writable", async () => {
      const marker = scratchFolder("marker");
      const script = `ls -A "$HOME"; ls -d "$TMPDIR/${basename(marker)}" 2>/dev/null; touch "$HOME/a" "$TMPDIR/b" && echo done`;
      expect((await run(executor, command(["sh", "-c", script]))).log).toBe("done\n");
    });

    test.runIf(compiler)("a compiler of the system works inside", async () => {
      const script = "printf 'int main(){return 42;}' > out/a.cpp && g++ -o out/a out/a.cpp && out/a";
      expect((await run(executor, command(["sh", "-c", script]))).exit.code).toBe(42);
    });

    test("a program that is not there is no crash of ours", async () => {
      const done = await executor.run(command(["no-such-program"]), { signal: NEVER });
      expect(done.ok ? done.value.code : done.error.reason).toSatisfy((end: unknown) => end !== 0);
    });
  });

  describe("ends that are not the command's own wish", () => {
    test.each([
      ["SIGSEGV", "import ctypes; ctypes.string_at(0)"],
      ["SIGFPE", "import os, signal; os.kill(os.getpid(), signal.SIGFPE)"],
      ["SIGABRT", "import os; os.abort()"],
    ])("%s is told by name", async (signal, program) => {
      const { exit } = await run(executor, command(["python", "-c", program]));
      expect(exit).toMatchObject({ code: null, signal, stopped: null });
    });

    test("over its time, a whole tree is stopped, also what left its parent, session and group", async () => {
      const { lock, path } = await heldLock();
      const within = async (timeoutMs: number) => {
        const done = await run(executor, command(["python", "-c", STUBBORN_TREE], { limits: { timeoutMs } }), {
          inherit: [lock.descriptor],
        });
        expect(done.exit.stopped).toBe("timed-out");
        return done.messages;
      };
      // A busy machine may take longer than three seconds until the whole tree is there.
      let messages = await within(3000);
      if (messages.length === 0) messages = await within(15_000);
      expect(messages).toEqual([{ ready: true }]);
      lock.release();
      await expectFree(path);
    });

    test("what a command leaves running ends with it", async () => {
      const { lock, path } = await heldLock();
      const { exit } = await run(executor, command(["python", "-c", LEAVES_A_DAEMON]), { inherit: [lock.descriptor] });
      expect(exit).toMatchObject({ code: 0, stopped: null });
      lock.release();
      await expectFree(path);
    });

    test("abort stops it at once", async () => {
      const stop = new AbortController();
      const spec = command(["python", "-c", STUBBORN_TREE]);
      const { exit } = await run(executor, spec, { signal: stop.signal, onMessage: () => stop.abort() });
      // A command that went on would be stopped at its time limit.
      expect(exit.stopped).toBe("interrupted");
    });

    test("an abort from before the start counts too", async () => {
      const { exit } = await run(executor, command(["sleep", "60"]), { signal: AbortSignal.abort() });
      expect(exit.stopped).toBe("interrupted");
    });

    test("over its memory it is stopped, and the peak is told", async () => {
      const program = "import time\nhog = bytearray(300_000_000)\nfor i in range(0, len(hog), 4096): hog[i] = 1\ntime.sleep(60)";
      const { exit } = await run(executor, command(["python", "-c", program], { limits: { timeoutMs: 20_000, memoryBytes: 200e6 } }));
      expect(exit.stopped).toBe("out-of-memory");
      expect(exit.peakMemoryBytes).toBeGreaterThanOrEqual(200e6);
    });

    test("memory is counted over all processes, pages they share once", async () => {
      const limits = { timeoutMs: 20_000, memoryBytes: 300e6 };
      const { exit: apart } = await run(executor, command(["python", "-c", forked("bytearray(b'x' * 110_000_000)", 60)], { limits }));
      expect(apart.stopped).toBe("out-of-memory");
      const { exit: shared } = await run(
        executor,
        command(["python", "-c", `held = bytearray(b'x' * 110_000_000)\n${forked("0", 0.6)}`], { limits }),
      );
      expect(shared).toMatchObject({ code: 0, stopped: null });
    });
  });

  describe("floods", () => {
    test("a line without end costs no memory and ends in a log of bounded size that says so", async () => {
      const before = process.memoryUsage().rss;
      let peak = 0;
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss);
      }, 20);
      const program = "import sys\nblock = 'x' * 1_000_000\nfor _ in range(300): sys.stdout.write(block)\nsys.stdout.write('THE END')";
      const spec = command(["python", "-c", program]);
      const { exit, log, messages } = await run(executor, spec);
      clearInterval(watch);
      expect(exit.code).toBe(0);
      expect(messages).toEqual([]);
      expect(statSync(spec.log).size).toBeLessThan(32e6);
      expect(log).toMatch(/\[fettle: \d+ bytes left out here\]/);
      expect(log.endsWith("THE END")).toBe(true);
      expect(peak - before).toBeLessThan(150e6);
    });
  });

  describe("kept open", () => {
    test("answers follow questions; notices do not count as answers", async () => {
      const notices: unknown[] = [];
      const opened = await executor.open(command(["python", "-u", "-c", ECHO]), {
        signal: NEVER,
        onMessage: (message) => notices.push(message),
      });
      if (!opened.ok) throw new Error(opened.error.message);
      const answers = await Promise.all([opened.value.ask({ run: 1 }), opened.value.ask({ run: 2 })]);
      expect(answers).toEqual([
        { ok: true, value: { ran: 1 } },
        { ok: true, value: { ran: 2 } },
      ]);
      expect(opened.value.pid).toBeGreaterThan(0);
      expect(await opened.value.close()).toMatchObject({ code: 0, stopped: null });
      expect(notices).toEqual([{ ready: true }, { progress: { text: "1" } }, { progress: { text: "2" } }]);
    });

    test("a worker that dies gives its end as the answer, at once and ever after", async () => {
      const opened = await executor.open(command(["python", "-c", "import os; input(); os.abort()"]), { signal: NEVER });
      if (!opened.ok) throw new Error(opened.error.message);
      const end = { ok: false, error: { code: null, signal: "SIGABRT" } };
      expect(await opened.value.ask({ run: 1 })).toMatchObject(end);
      expect(await opened.value.ask({ run: 2 })).toMatchObject(end);
      expect(await opened.value.close()).toMatchObject(end.error);
    });

    test("a worker that does not end when its input ends is stopped", async () => {
      const opened = await executor.open(command(["sleep", "600"], { limits: { timeoutMs: 600_000, memoryBytes: 1e9 } }), {
        signal: NEVER,
      });
      if (!opened.ok) throw new Error(opened.error.message);
      expect(await opened.value.close()).toMatchObject({ stopped: "interrupted" });
    });
  });

  test("a descriptor that is handed on keeps its lock as long as the command runs", async () => {
    const { lock, path } = await heldLock();
    const opened = await executor.open(command(["python", "-u", "-c", ECHO]), { signal: NEVER, inherit: [lock.descriptor] });
    if (!opened.ok) throw new Error(opened.error.message);
    lock.release();
    await opened.value.ask({ run: 1 });
    expect(await tryLockFile({ path, mode: "exclusive" })).toEqual({ ok: true, value: null });
    await opened.value.close();
    await expectFree(path);
  });

  if (network === "none") {
    test("there is no network: not even this machine's own", async () => {
      let connections = 0;
      const server = createServer(() => {
        connections += 1;
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void server.close());
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const program = `import socket\ntry:\n  socket.create_connection(("127.0.0.1", ${port}), 2)\n  print("connected")\nexcept OSError as error: print("refused")`;
      expect((await run(executor, command(["python", "-c", program]))).log).toBe("refused\n");
      expect(connections).toBe(0);
    });
  }

  if (files === "closed") {
    test("only the workspace can be written: not the system, the inputs, the environment, nor anything else", async () => {
      const outside = scratchFolder("outside");
      const spec = command(
        [
          "sh",
          "-c",
          `for f in /x /usr/x /etc/x "$VIRTUAL_ENV/x" in/source/x ${outside}/x; do touch $f 2>/dev/null && echo "wrote $f"; done; touch out/x y`,
        ],
        {
          mounts: [{ source: outside, at: "in/source" }],
        },
      );
      const { log, exit } = await run(executor, spec);
      expect(log).toBe("");
      expect(exit.code).toBe(0);
      expect(existsSync(join(outside, "x"))).toBe(false);
      expect(existsSync(join(spec.workspace, "y"))).toBe(true);
    });

    test("neither the user's files nor other processes are seen, and there are no powers", async () => {
      const secret = join(scratchFolder("secret"), "key");
      writeFileSync(secret, "secret");
      const script = `cat ${secret} 2>/dev/null; ls /root/.ssh /home/*/.ssh 2>/dev/null; ls -d /proc/[0-9]* | wc -l; grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; python -c 'import getpass; print(getpass.getuser())'; hostname`;
      const { log } = await run(executor, command(["sh", "-c", script]));
      const [processes, ...rest] = log.trim().split("\n");
      expect(Number(processes)).toBeLessThan(8);
      expect(rest).toEqual(["CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "fettle", "fettle"]);
    });
  }
}

/** Held by whoever has the descriptor: free again is proof that all of a command's processes are gone. */
async function heldLock() {
  const path = join(scratchFolder("lock"), "alive");
  closeSync(openSync(path, "w"));
  const lock = await lockFile({ path, mode: "exclusive" });
  if (!lock.ok) throw new Error(lock.error.message);
  return { lock: lock.value, path };
}

async function expectFree(path: string): Promise<void> {
  const lock = await tryLockFile({ path, mode: "exclusive" });
  expect(lock.ok && lock.value !== null).toBe(true);
  if (lock.ok) lock.value?.release();
}

const STUBBORN_TREE = `
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for detach in (False, True):
    if os.fork() == 0:
        if detach:
            os.setsid()
            if os.fork(): os._exit(0)
        time.sleep(600)
print('{"ready": true}', flush=True)
time.sleep(600)
`;

const LEAVES_A_DAEMON = `
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    time.sleep(600)
`;

const ECHO = `
import json, sys
print('{"ready": true}')
for line in sys.stdin:
    run = json.loads(line)["run"]
    print(json.dumps({"progress": {"text": str(run)}}))
    print("a stray line")
    print(json.dumps({"ran": run}))
`;

function forked(work: string, seconds: number): string {
  return `import os, time\nfor _ in range(3):\n  if os.fork() == 0:\n    own = ${work}\n    time.sleep(${seconds})\n    os._exit(0)\nfor _ in range(3): os.wait()`;
}

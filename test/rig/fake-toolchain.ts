import { copyFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
import type { Precision } from "../../src/domain/precision.ts";
import { inRepository } from "./repository.ts";
import { scratchFolder } from "./scratch.ts";

export type FakeVerb = "compile" | "infer" | "measure";

/** What a fake worker can be told; worker.py says what each does. */
export type FakeCommand =
  | { readonly do: "succeed"; readonly text?: string; readonly requires?: JsonObject; readonly executed?: JsonObject }
  | { readonly do: "fail"; readonly code: string; readonly message: string; readonly details?: JsonObject }
  | { readonly do: "raise"; readonly message: string }
  | { readonly do: "die"; readonly signal: NodeJS.Signals }
  | { readonly do: "exit"; readonly status: number; readonly print?: string }
  | { readonly do: "bend"; readonly sample: number; readonly index: readonly number[]; readonly add: number }
  | { readonly do: "bend"; readonly sample: number; readonly index: readonly number[]; readonly set: "nan" | "inf" }
  | { readonly do: "stale"; readonly folder: string }
  /** Python that is run with `request` and `os`, before the work; what it leaves in `facts` takes the place of the worker's own. */
  | { readonly do: "attack"; readonly program: string }
  | { readonly do: "garbage" | "eat" | "trespass" | "forget" | "misname" | "reshape" | "retype" };

/** One call of a fake worker, which waits until it is told what to do. */
export interface FakeCall {
  readonly verb: FakeVerb;
  readonly request: JsonObject;
  /** The worker's process id as it sees it itself: the host's where it is a plain process. */
  readonly pid: number;
  tell(command: FakeCommand): void;
  /** Settles when the worker's process is gone. */
  readonly gone: Promise<void>;
}

/** A toolchain whose worker is a real program in a real environment that does what the test says. Without orders it works well. */
export class FakeToolchain {
  readonly name: string;
  /** Its worker's folder, the test's to change. */
  readonly directory: string;
  readonly precisions: readonly Precision[];
  /** Whether it says that its artifacts take a range of sizes. */
  dynamicShapes = false;
  readonly #orders = new Map<FakeVerb, FakeCommand>();
  readonly #held = new Map<FakeVerb, ((call: FakeCall) => void)[]>();
  readonly #counts: Record<FakeVerb, number> = { compile: 0, infer: 0, measure: 0 };

  constructor(name: string, precisions: readonly Precision[] = ["float32"]) {
    this.name = name;
    this.precisions = precisions;
    this.directory = scratchFolder("fake");
    copyFileSync(inRepository("test/rig/fake-plugin/worker.py"), join(this.directory, "worker.py"));
    // The very lock of the onnxruntime worker, so that the two share one environment.
    copyFileSync(inRepository("containers/onnxruntime/requirements.lock"), join(this.directory, "requirements.lock"));
  }

  /** What every call of a verb is told from now on. */
  always(verb: FakeVerb, command: FakeCommand): void {
    this.#orders.set(verb, command);
  }

  /** The next call of a verb that no earlier `next` took; it hangs until it is told. Ask before the program is started. */
  next(verb: FakeVerb): Promise<FakeCall> {
    return new Promise((resolve) => this.#held.set(verb, [...(this.#held.get(verb) ?? []), resolve]));
  }

  /** How often a verb was called. */
  count(verb: FakeVerb): number {
    return this.#counts[verb];
  }

  listen(): Promise<void> {
    const server: Server = createServer((socket) => this.#serve(socket));
    const sockets = new Set<Socket>();
    server.on("connection", (socket) => sockets.add(socket));
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return new Promise((resolve) => server.listen(join(this.directory, "test.sock"), resolve));
  }

  #serve(socket: Socket): void {
    // A worker that is killed resets the connection.
    socket.on("error", () => {});
    const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    createInterface({ input: socket }).once("line", (line) => {
      const { verb, request, pid } = JSON.parse(line) as Pick<FakeCall, "verb" | "request" | "pid">;
      this.#counts[verb] += 1;
      const call: FakeCall = { verb, request, pid, gone, tell: (command) => void socket.write(`${JSON.stringify(command)}\n`) };
      const taken = this.#held.get(verb)?.shift();
      if (taken === undefined) call.tell(this.#orders.get(verb) ?? { do: "succeed" });
      else taken(call);
    });
  }
}

/** What tells the plug-in in test/rig/fake-plugin which toolchains to bring. */
export function fakePluginVariables(toolchains: readonly FakeToolchain[]): Record<string, string> {
  const said = toolchains.map(({ name, directory, precisions, dynamicShapes }) => ({ name, directory, precisions, dynamicShapes }));
  return { FETTLE_FAKE_TOOLCHAINS: JSON.stringify(said) };
}

import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { z } from "zod";
import type { Failure } from "../../domain/failure.ts";
import type { Json } from "../../domain/json.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { readTextOrEmpty } from "../../system/read-text.ts";
import { decodeStatus, type EndStatus, signalNamed } from "../exit-status.ts";
import { type ProcessOutput, type SpawnedProcess, spawnProcess } from "../spawn.ts";
import { containerInit } from "./container-init.ts";
import { type Engine, runEngine } from "./engine.ts";
import { engineFailure } from "./engine-failure.ts";
import { MarkedStream } from "./marked-stream.ts";
import { type ContainerRequest, runArgv } from "./run-argv.ts";

/** A command for a container's keeper. */
export interface KeptCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: "ignore" | "pipe";
  /** Empties the writable places after it, for a container that is used again. */
  readonly wipe: boolean;
}

export interface ContainerOptions {
  readonly engine: Engine;
  readonly request: ContainerRequest;
  readonly inherit: readonly number[];
}

/** From the order to start to the keeper's word. A loaded machine takes seconds. */
const START_MS = 60_000;
/** How much of what the engine's client complains is kept. */
const COMPLAINT_BYTES = 8 << 10;

const saidSchema = z.union([z.object({ ready: z.literal(true) }), z.object({ ended: z.literal(true), code: z.int().optional() })]);

/** A running container with Fettle's keeper as its first process. It ends with our end of its standard input, whoever closes it. */
export class Container {
  readonly #engine: Engine;
  readonly #name: string;
  readonly #client: SpawnedProcess;
  readonly #streams: { readonly out: MarkedStream; readonly err: MarkedStream };
  readonly #ready = Promise.withResolvers<void>();
  #output: ProcessOutput | null = null;
  #ended: { readonly out: PromiseWithResolvers<number>; readonly err: PromiseWithResolvers<void> } | null = null;
  #complaint = "";
  /** Process 1 as this machine numbers it; the client where that cannot be told. */
  pid: number;
  /** It ended while a command ran in it. */
  isLost = false;
  /** Ends with the client, which ends once the container is removed. */
  readonly gone: Promise<EndStatus>;

  /** Starts a container and waits for its keeper. */
  static async start(options: ContainerOptions): Promise<Result<Container, Failure>> {
    const { engine, request, inherit } = options;
    const sink: { container: Container | null } = { container: null };
    const client = await spawnProcess({
      argv: [engine.program, ...runArgv(request)],
      cwd: "/",
      env: engine.env,
      stdin: "pipe",
      inherit,
      onStdout: (chunk) => sink.container?.takeOut(chunk),
      onStderr: (chunk) => sink.container?.takeErr(chunk),
    });
    if ("failed" in client) return err(engineFailure(engine.name, { output: client.failed, missing: client.failed === "ENOENT" }));
    const container = new Container(engine, request, client);
    sink.container = container;
    const failure = await container.#whenReady(request.idFile);
    return failure === null ? ok(container) : err(failure);
  }

  private constructor(engine: Engine, request: ContainerRequest, client: SpawnedProcess) {
    this.#engine = engine;
    this.#name = request.container;
    this.#client = client;
    this.pid = client.pid;
    this.gone = client.ended.then(async (end) => {
      await client.drain(1000);
      return end;
    });
    this.#streams = {
      out: new MarkedStream({ onBytes: (bytes) => this.#output?.onStdout(bytes), onSaid: (said) => this.#hear(said, "out") }),
      err: new MarkedStream({ onBytes: (bytes) => this.#hearError(bytes), onSaid: (said) => this.#hear(said, "err") }),
    };
  }

  takeOut(chunk: Buffer): void {
    this.#streams.out.push(chunk);
  }

  takeErr(chunk: Buffer): void {
    this.#streams.err.push(chunk);
  }

  /** Runs one command, when none runs, and gives it as a process. A container that is lost ends the command with it. */
  begin(command: KeptCommand, output: ProcessOutput): SpawnedProcess {
    const mark = randomBytes(16).toString("hex");
    const ended = { out: Promise.withResolvers<number>(), err: Promise.withResolvers<void>() };
    this.#output = output;
    this.#ended = ended;
    this.#streams.out.expect(mark);
    this.#streams.err.expect(mark);
    this.#order({ start: { ...command, stdin: command.stdin === "pipe", mark } });
    const own = Promise.all([ended.out.promise, ended.err.promise]).then(([code]) => statusOf(code));
    const end = this.#endOf(own, command.wipe).finally(() => {
      this.#ended = null;
      this.#output = null;
    });
    let stops = 0;
    return {
      pid: this.pid,
      stdin: command.stdin === "pipe" ? this.#input() : null,
      ended: end,
      // What the keeper says comes after all that the command said.
      drain: async () => {},
      kill: () => {
        if (this.#ended !== ended) return;
        this.#order({ stop: true });
        stops += 1;
        if (stops > 1) void this.remove();
      },
    };
  }

  /** Why the container ended when nobody asked it to, in the engine's words; asked after `gone`. */
  failure(log?: string): Failure {
    return engineFailure(this.#engine.name, { output: this.#complaint, missing: false, ...(log === undefined ? {} : { log }) });
  }

  /** Lets the keeper end, which ends the container; waits until it is removed. */
  async close(): Promise<void> {
    this.#client.stdin?.end();
    const timer = setTimeout(() => void this.remove(), 5000);
    await this.gone;
    clearTimeout(timer);
  }

  /** Removes the container by force. */
  async remove(): Promise<void> {
    await runEngine(this.#engine, ["rm", "--force", this.#name], { signal: AbortSignal.timeout(20_000) });
    this.#client.kill("SIGKILL");
  }

  async #endOf(own: Promise<EndStatus>, isKept: boolean): Promise<EndStatus> {
    const end = await Promise.race([own, this.gone.then(() => null)]);
    if (end === null) {
      this.isLost = true;
      return decodeStatus(await this.gone);
    }
    if (!isKept) await this.close();
    return end;
  }

  async #whenReady(idFile: string): Promise<Failure | null> {
    const timer = setTimeout(() => void this.remove(), START_MS);
    const isReady = await Promise.race([this.#ready.promise.then(() => true), this.gone.then(() => false)]);
    clearTimeout(timer);
    if (!isReady) return this.failure();
    const id = readTextOrEmpty(idFile).trim();
    this.pid = (id === "" ? null : containerInit(id)) ?? this.#client.pid;
    return null;
  }

  #hear(message: Json, stream: "out" | "err"): void {
    const said = saidSchema.parse(message);
    if ("ready" in said) this.#ready.resolve();
    else if (stream === "err") this.#ended?.err.resolve();
    else this.#ended?.out.resolve(said.code ?? 0);
  }

  #hearError(bytes: Buffer): void {
    this.#complaint = (this.#complaint + bytes.toString("utf8")).slice(-COMPLAINT_BYTES);
    this.#output?.onStderr(bytes);
  }

  #order(order: Json): void {
    this.#client.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  #input(): Writable {
    return new Writable({
      decodeStrings: false,
      write: (text, _, done) => {
        this.#order({ input: String(text) });
        done();
      },
      final: (done) => {
        this.#order({ endInput: true });
        done();
      },
    });
  }
}

// Python's way: -n for signal n.
function statusOf(code: number): EndStatus {
  return code < 0 ? { code: null, signal: signalNamed(-code) } : { code, signal: null };
}

import { join } from "node:path";
import { expect } from "vitest";
import type { CommandSpec, Executor, Mount } from "../../../src/domain/command.ts";
import type { EnvironmentHandle } from "../../../src/domain/environment.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import { type CommandChanges, command, type Ran, run } from "../commands.ts";
import { pythonEnvironment } from "../python-environment.ts";
import { defenceHere, type ProtectionName, type Shelter } from "./protections.ts";

/** An executor under attack. */
export interface HostileContract {
  /** Its column in docs/security.md. */
  readonly shelter: Shelter;
  make(): Promise<Executor>;
  /** What commands run in, where it is not a Python of this machine. */
  readonly environment?: () => EnvironmentHandle;
  /** Whether the kernel's control groups hold its commands to their limits. */
  readonly hasGroups: boolean;
}

/** Runs hostile programs in one shelter. */
export class Attacker {
  readonly shelter: Shelter;
  /** Commands run in this machine's Python, in an environment that a test may change. */
  readonly ownEnvironment: boolean;
  readonly #hasGroups: boolean;
  readonly #executor: () => Executor;
  readonly #environment: () => EnvironmentHandle;

  constructor({ shelter, environment, hasGroups }: HostileContract, executor: () => Executor) {
    this.shelter = shelter;
    this.ownEnvironment = environment === undefined;
    this.#hasGroups = hasGroups;
    this.#executor = executor;
    this.#environment = environment ?? pythonEnvironment;
  }

  get executor(): Executor {
    return this.#executor();
  }

  spec(program: string, args: JsonObject, changes: CommandChanges = {}): CommandSpec {
    return command(["python", "-c", program, JSON.stringify(args)], { environment: this.#environment(), ...changes });
  }

  /** Runs a program to its end. */
  async attack(program: string, args: JsonObject, changes: CommandChanges & { readonly mounts?: readonly Mount[] } = {}): Promise<Ran> {
    return await run(this.executor, this.spec(program, args, changes));
  }

  /** What the page says of this shelter. */
  defence(name: ProtectionName): "held" | "open" {
    return defenceHere(name, this.shelter, this.#hasGroups);
  }

  /** What happened outside is what the page says. */
  expectHeld(name: ProtectionName, held: boolean): void {
    expect(`${name} in ${this.shelter}: ${held ? "held" : "open"}`).toBe(`${name} in ${this.shelter}: ${this.defence(name)}`);
  }
}

/** What a program told under a name. */
export function told({ messages }: Ran, key: string): unknown[] {
  return messages.flatMap((message) =>
    typeof message === "object" && message !== null && key in message ? [(message as JsonObject)[key]] : [],
  );
}

export function inWorkspace(spec: CommandSpec, path: string): string {
  return join(spec.workspace, path);
}

import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import type { Container } from "./container.ts";

/** A container that serves one command after another, and the folder of this machine that it sees as /workspace. */
export interface KeptContainer {
  readonly key: string;
  readonly container: Container;
  readonly folder: string;
}

/** Containers kept for the next command that needs the same image and limits; each serves one command at a time. */
export class KeptContainers {
  readonly #idle: KeptContainer[] = [];
  readonly #all = new Set<KeptContainer>();

  /** An idle one, or a new one. `start` is given the folder that is to be its workspace, a new one in `parent`. */
  async take(
    key: string,
    parent: string,
    start: (folder: string) => Promise<Result<Container, Failure>>,
  ): Promise<Result<KeptContainer, Failure>> {
    const index = this.#idle.findIndex((kept) => kept.key === key);
    const [idle] = index === -1 ? [] : this.#idle.splice(index, 1);
    if (idle !== undefined) return ok(idle);
    const folder = await mkdtemp(join(parent, ".kept-"));
    const started = await start(folder);
    if (!started.ok) {
      await removeFolder(folder);
      return started;
    }
    const kept = { key, container: started.value, folder };
    this.#all.add(kept);
    return ok(kept);
  }

  /** Gives one back for the next command; one that is gone is let go. */
  async giveBack(kept: KeptContainer, isUsable: boolean): Promise<void> {
    if (isUsable) this.#idle.push(kept);
    else await this.#end(kept);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((kept) => this.#end(kept)));
  }

  async #end(kept: KeptContainer): Promise<void> {
    this.#all.delete(kept);
    await kept.container.close();
    await removeFolder(kept.folder);
  }
}

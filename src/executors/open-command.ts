import type { CommandExit, OpenCommand } from "../domain/command.ts";
import type { Json } from "../domain/json.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { Supervised } from "./supervise.ts";

/** After its input is closed, a worker has this long to end by itself. */
const CLOSE_GRACE_MS = 3000;

type Answer = Result<Json, CommandExit>;

/**
 * Tells answers from notices. Workers may send `{"progress": ..}` and `{"ready": ..}` at any time; those, and lines that nobody
 * asked for, go to `onNotice`, so that a question never gets the answer to something else.
 */
export class Conversation {
  readonly #onNotice: (message: Json) => void;
  #waiting: ((answer: Answer) => void)[] = [];
  #exit: CommandExit | null = null;

  constructor(onNotice: (message: Json) => void) {
    this.#onNotice = onNotice;
  }

  take(message: Json): void {
    const answer = isNotice(message) ? undefined : this.#waiting.shift();
    if (answer === undefined) this.#onNotice(message);
    else answer(ok(message));
  }

  /** The next answer, or how the worker ended without giving it. */
  next(): Promise<Answer> {
    const exit = this.#exit;
    if (exit !== null) return Promise.resolve(err(exit));
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  end(exit: CommandExit): void {
    this.#exit = exit;
    for (const answer of this.#waiting) answer(err(exit));
    this.#waiting = [];
  }
}

/** The handle of a command that stays open. */
export function openCommand(command: Supervised, conversation: Conversation): OpenCommand {
  const exit = command.exit.then((value) => {
    conversation.end(value);
    return value;
  });
  return {
    pid: command.pid,
    ask: (message) => {
      const answer = conversation.next();
      command.send(JSON.stringify(message));
      return answer;
    },
    close: async () => {
      command.closeInput();
      const timer = setTimeout(() => command.stop("interrupted"), CLOSE_GRACE_MS);
      const value = await exit;
      clearTimeout(timer);
      return value;
    },
  };
}

function isNotice(message: Json): boolean {
  return typeof message === "object" && message !== null && ("progress" in message || "ready" in message);
}

import type { Json } from "../../domain/json.ts";

export interface MarkedStreamHandlers {
  /** Bytes of the command, as they are. */
  onBytes(bytes: Buffer): void;
  /** What the keeper said: the JSON object between a mark and the next line end. */
  onSaid(message: Json): void;
}

const NOTHING = Buffer.alloc(0);

/**
 * Tells the keeper's words from a command's in the one stream they share. The keeper begins with a zero byte and a mark that the
 * command cannot know. Only bytes that may be the beginning of a mark are held back, so an answer is never kept waiting.
 */
export class MarkedStream {
  readonly #handlers: MarkedStreamHandlers;
  #mark = Buffer.from("\0");
  #held: Buffer = NOTHING;

  constructor(handlers: MarkedStreamHandlers) {
    this.#handlers = handlers;
  }

  /** Another command begins: from here on the keeper uses its mark. */
  expect(mark: string): void {
    this.#mark = Buffer.from(`\0${mark}`);
  }

  push(chunk: Buffer): void {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = NOTHING;
    for (;;) {
      const start = bytes.indexOf(this.#mark);
      const end = start === -1 ? -1 : bytes.indexOf(10, start);
      if (end === -1) {
        this.#pass(bytes, start === -1 ? possibleStart(bytes, this.#mark) : start);
        return;
      }
      this.#pass(bytes.subarray(0, start), start);
      this.#handlers.onSaid(JSON.parse(bytes.toString("utf8", start + this.#mark.length, end)));
      bytes = bytes.subarray(end + 1);
    }
  }

  /** Passes on what lies before `end` and holds back the rest. */
  #pass(bytes: Buffer, end: number): void {
    if (end > 0) this.#handlers.onBytes(bytes.subarray(0, end));
    // A copy: a slice would keep the whole chunk alive.
    if (end < bytes.length) this.#held = Buffer.from(bytes.subarray(end));
  }
}

/** Where a mark that is not whole yet may begin; the length if nowhere. */
function possibleStart(bytes: Buffer, mark: Buffer): number {
  const first = Math.max(0, bytes.length - mark.length + 1);
  for (let index = bytes.indexOf(0, first); index !== -1; index = bytes.indexOf(0, index + 1)) {
    if (mark.subarray(0, bytes.length - index).equals(bytes.subarray(index))) return index;
  }
  return bytes.length;
}

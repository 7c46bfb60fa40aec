import type { Json } from "../domain/json.ts";

/** Longest line taken for a message; a worker's largest answer (thousands of 64-bit times) stays far below. */
export const MAX_LINE_BYTES = 4 << 20;

export interface JsonLineHandlers {
  /** A line that is a JSON object. */
  onMessage(message: Json): void;
  /** Everything else, with its line end where it had one, in pieces where a line is too long. */
  onOther(bytes: Buffer): void;
}

/** Cuts a byte stream into lines and tells messages from noise. Keeps at most one line of MAX_LINE_BYTES in memory. */
export class JsonLineReader {
  readonly #handlers: JsonLineHandlers;
  #pieces: Buffer[] = [];
  #length = 0;
  #overlong = false;

  constructor(handlers: JsonLineHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(10, start);
      if (end === -1) break;
      this.#add(chunk.subarray(start, end + 1));
      this.#finishLine();
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  /** The stream ended: a last line without line end counts too. */
  end(): void {
    this.#finishLine();
  }

  #add(bytes: Buffer): void {
    if (this.#overlong) {
      this.#handlers.onOther(bytes);
      return;
    }
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    if (this.#length <= MAX_LINE_BYTES) return;
    this.#overlong = true;
    this.#flushAsOther();
  }

  #finishLine(): void {
    if (!this.#overlong && this.#length > 0) {
      const line = Buffer.concat(this.#pieces);
      const message = parseMessage(line);
      if (message === null) this.#flushAsOther();
      else this.#handlers.onMessage(message);
    }
    this.#pieces = [];
    this.#length = 0;
    this.#overlong = false;
  }

  #flushAsOther(): void {
    for (const piece of this.#pieces) this.#handlers.onOther(piece);
    this.#pieces = [];
    this.#length = 0;
  }
}

const OPENING_BRACE = 0x7b;

function parseMessage(line: Buffer): Json | null {
  if (line[0] !== OPENING_BRACE) return null;
  try {
    return JSON.parse(line.toString("utf8"));
  } catch {
    return null;
  }
}

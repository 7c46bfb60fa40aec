import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** A log keeps its first and its last bytes: how a tool began and how it ended say the most. */
const HEAD_BYTES = 16 << 20;
const TAIL_BYTES = 4 << 20;

/**
 * The file that takes what a command prints. Writes are synchronous, so that a tool that floods is slowed down instead of
 * filling our memory. A log that cannot be written (full disk) loses text, never the step.
 */
export class CommandLog {
  readonly #descriptor: number | null;
  #headLeft = HEAD_BYTES;
  #tail: Buffer[] = [];
  #tailLength = 0;
  #dropped = 0;

  constructor(path: string) {
    this.#descriptor = openLog(path);
  }

  write(bytes: Buffer): void {
    const head = bytes.subarray(0, this.#headLeft);
    if (head.length > 0) this.#append(head);
    this.#headLeft -= head.length;
    if (head.length < bytes.length) this.#keepTail(bytes.subarray(head.length));
  }

  close(): void {
    if (this.#dropped > 0) this.#append(Buffer.from(`\n[fettle: ${this.#dropped} bytes left out here]\n`));
    for (const bytes of this.#tail) this.#append(bytes);
    this.#tail = [];
    if (this.#descriptor !== null) closeSync(this.#descriptor);
  }

  #keepTail(bytes: Buffer): void {
    // A copy: a slice would keep the stream's whole buffer alive.
    this.#tail.push(Buffer.from(bytes));
    this.#tailLength += bytes.length;
    for (;;) {
      const first = this.#tail[0];
      if (first === undefined || this.#tailLength - first.length < TAIL_BYTES) return;
      this.#tail.shift();
      this.#tailLength -= first.length;
      this.#dropped += first.length;
    }
  }

  #append(bytes: Buffer): void {
    if (this.#descriptor === null) return;
    try {
      writeSync(this.#descriptor, bytes);
    } catch {
      // See above: text is lost, the step goes on.
    }
  }
}

function openLog(path: string): number | null {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "a");
  } catch {
    return null;
  }
}

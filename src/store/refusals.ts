import type { Failure } from "../domain/failure.ts";

/** A result that holds what cannot be kept. */
export function refused(path: string, why: string): Failure {
  return { reason: "garbage-output", message: `The result ${path} ${why}; only files and folders can be kept.` };
}

/** More files than this take minutes to flush to a disk, and no toolchain leaves a hundredth of it. */
const MAX_ENTRIES = 100_000;

/** Counts what a result holds, so that too much is refused before it is hashed or copied. */
export class SizeCount {
  readonly #maxBytes: number;
  #bytes = 0;
  #entries = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes one more file or folder into account; says why when that is too much. */
  add(path: string, bytes: number): Failure | null {
    this.#bytes += bytes;
    this.#entries += 1;
    if (this.#bytes > this.#maxBytes) {
      return tooLarge(`The result is larger than the ${gigabytes(this.#maxBytes)} it may be: ${path} alone is ${gigabytes(bytes)}.`);
    }
    if (this.#entries > MAX_ENTRIES)
      return { ...tooLarge(`The result has more than ${MAX_ENTRIES} files and folders.`), hint: "Pack them." };
    return null;
  }
}

function tooLarge(message: string): Failure {
  return { reason: "output-too-large", message, hint: "If the result is meant to be so large, raise the limit with --result-size." };
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

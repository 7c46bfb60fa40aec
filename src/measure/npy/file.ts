import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { err, ok, type Result } from "../../domain/result.ts";
import { elementCount, NPY_PREAMBLE_BYTES, type NpyHeader, npyDataOffset, parseNpyHeader } from "./header.ts";

/** Why an .npy file cannot be used. `missing` is apart because a worker that left a file out is judged, not failed. */
export interface NpyFault {
  readonly kind: "missing" | "unreadable";
  /** The end of a sentence that begins with the file's name. */
  readonly message: string;
}

/** An open .npy file whose length fits its header exactly. */
export interface NpyFile {
  readonly header: NpyHeader;
  /**
   * Fills `target` with the data from byte `offset` of the array on.
   *
   * Reads are synchronous: from the page cache, positional reads of 64 to 128 KiB into a reused buffer run four times as
   * fast as asynchronous ones, whose threads hand each block over. Callers give the event loop its turn between blocks.
   */
  read(target: Uint8Array, offset: number): Result<null, NpyFault>;
  close(): void;
}

/** Opens an .npy file and checks header and length. Nothing of the data is read. */
export function openNpy(path: string): Result<NpyFile, NpyFault> {
  let descriptor: number;
  try {
    // A pipe in a tensor's place must not be waited for.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return err(ioFault(error));
  }
  const header = readHeader(descriptor);
  if (!header.ok) {
    closeSync(descriptor);
    return header;
  }
  const { dataOffset } = header.value;
  return ok({
    header: header.value,
    read: (target, offset) => fill(descriptor, target, dataOffset + offset),
    close: () => closeSync(descriptor),
  });
}

/** The header alone. */
export function readNpyHeader(path: string): Result<NpyHeader, NpyFault> {
  const file = openNpy(path);
  if (!file.ok) return file;
  file.value.close();
  return ok(file.value.header);
}

function readHeader(descriptor: number): Result<NpyHeader, NpyFault> {
  const preamble = new Uint8Array(NPY_PREAMBLE_BYTES);
  const begun = fill(descriptor, preamble, 0);
  if (!begun.ok) return begun;
  const offset = npyDataOffset(preamble);
  if (!offset.ok) return err(unreadable(offset.error));
  const bytes = new Uint8Array(offset.value);
  const read = fill(descriptor, bytes, 0);
  if (!read.ok) return read;
  const header = parseNpyHeader(bytes, offset.value);
  if (!header.ok) return err(unreadable(header.error));
  const expected = offset.value + elementCount(header.value.shape) * header.value.itemBytes;
  const actual = fstatSync(descriptor).size;
  if (actual < expected) return err(unreadable(`it is cut off: ${actual} of ${expected} bytes are there`));
  if (actual > expected) return err(unreadable(`it is ${actual} bytes long where its header means ${expected}`));
  return header;
}

function fill(descriptor: number, target: Uint8Array, position: number): Result<null, NpyFault> {
  let done = 0;
  try {
    while (done < target.length) {
      const count = readSync(descriptor, target, done, target.length - done, position + done);
      if (count === 0) return err(unreadable("it ends too early"));
      done += count;
    }
  } catch (error) {
    return err(ioFault(error));
  }
  return ok(null);
}

function unreadable(message: string): NpyFault {
  return { kind: "unreadable", message };
}

function ioFault(error: unknown): NpyFault {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  if (code === "ENOENT") return { kind: "missing", message: "it is missing" };
  return unreadable(`it cannot be read (${code})`);
}

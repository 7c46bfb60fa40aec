import { type FileHandle, open } from "node:fs/promises";

/** A file that lies in an archive as it is. */
interface Entry {
  readonly name: string;
  readonly size: number;
  /** Where its local header begins. */
  readonly header: number;
}

const END = Buffer.from("PK\x05\x06", "latin1");
const END_64_LOCATOR = Buffer.from("PK\x06\x07", "latin1");
const ENTRY_MARK = 0x02014b50;
const STORED = 0;
/** In a field of four bytes: the value stands in the extra field, in eight. */
const IN_EXTRA = 0xffffffff;
/** The longest an archive's end can be: its record and a comment. */
const END_BYTES = 22 + 65535;

/**
 * The files of a ZIP archive whose entries are stored and not compressed, those that are `wanted`, by name (PKWARE, APPNOTE.TXT 6.3, sections
 * 4.3 and 4.5.3). Nothing else of the archive is read. Throws RangeError for what is no such archive.
 */
export async function readStoredZip(path: string, wanted: (name: string) => boolean): Promise<Map<string, Buffer>> {
  const file = await open(path);
  try {
    const found = new Map<string, Buffer>();
    for (const entry of await entries(file)) {
      if (wanted(entry.name)) found.set(entry.name, await content(file, entry));
    }
    return found;
  } finally {
    await file.close();
  }
}

async function entries(file: FileHandle): Promise<Entry[]> {
  const { count, start, size } = await directory(file);
  const bytes = await readAt(file, start, size);
  const found: Entry[] = [];
  let at = 0;
  while (found.length < count) {
    if (bytes.readUInt32LE(at) !== ENTRY_MARK) throw new RangeError("its list of files is broken");
    const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const name = bytes.toString("utf8", at + 46, nameEnd);
    if (bytes.readUInt16LE(at + 10) !== STORED) throw new RangeError(`${name} in it is compressed`);
    const short = [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)];
    const [size = 0, , header = 0] = widened(short, bytes.subarray(nameEnd, extraEnd));
    found.push({ name, size, header });
    at = extraEnd + bytes.readUInt16LE(at + 32);
  }
  return found;
}

/** Where the list of files is, from the record at the archive's end; its larger form is used where numbers need it. */
async function directory(file: FileHandle): Promise<{ count: number; start: number; size: number }> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - END_BYTES), Math.min(size, END_BYTES));
  const end = tail.lastIndexOf(END);
  if (end < 0) throw new RangeError("it is no ZIP archive");
  const locator = tail.lastIndexOf(END_64_LOCATOR, end);
  if (locator < 0 || locator !== end - 20) {
    return { count: tail.readUInt16LE(end + 10), size: tail.readUInt32LE(end + 12), start: tail.readUInt32LE(end + 16) };
  }
  const wide = await readAt(file, Number(tail.readBigUInt64LE(locator + 8)), 56);
  return { count: Number(wide.readBigUInt64LE(32)), size: Number(wide.readBigUInt64LE(40)), start: Number(wide.readBigUInt64LE(48)) };
}

/** The values whose fields were too short, taken in their order from the extra field with the number 1. */
function widened(values: readonly number[], extra: Buffer): number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  return values.map((value) => {
    if (value !== IN_EXTRA) return value;
    at += 8;
    return Number(extra.readBigUInt64LE(at - 8));
  });
}

async function content(file: FileHandle, { header, size }: Entry): Promise<Buffer> {
  const local = await readAt(file, header, 30);
  return await readAt(file, header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), size);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  // Before room is made for it: a broken file can name any length.
  if (position + length > size) throw new RangeError("it ends too early");
  const { buffer } = await file.read({ buffer: Buffer.alloc(length), position });
  return buffer;
}

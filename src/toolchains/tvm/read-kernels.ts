import { readFile } from "node:fs/promises";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";

export interface KernelFunction {
  readonly name: string;
  /** Of its machine code, the checks of its arguments included. */
  readonly bytes: number;
}

export interface KernelLibrary {
  readonly machine: "x86-64" | "aarch64" | "other";
  /** The largest first. */
  readonly kernels: readonly KernelFunction[];
  /** Of all machine code. */
  readonly codeBytes: number;
  /** Of the constants: weights, mostly. */
  readonly dataBytes: number;
}

/**
 * The functions of a shared library that TVM made (ELF, 64 bits, little-endian; System V gABI, chapters 4 and 5). A kernel NAME is
 * `__tvm_ffi_NAME`, which checks its arguments, and `NAME_compute_`, which does the work. Nothing is loaded.
 *
 * @returns `invalid-data` for a file that cannot be read or is no such library.
 */
export async function readKernels(path: string): Promise<Result<KernelLibrary, Failure>> {
  try {
    const file = await readFile(path);
    const sections = readSections(file);
    const symbols = readSymbols(file, sections);
    return ok({
      machine: MACHINES[file.readUInt16LE(18)] ?? "other",
      kernels: groupKernels(symbols),
      codeBytes: sizeOf(sections, ".text"),
      dataBytes: sizeOf(sections, ".rodata") + sizeOf(sections, ".data"),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err({ reason: "invalid-data", message: `${path} is no shared library that TVM made: ${why}` });
  }
}

const MACHINES: Readonly<Record<number, KernelLibrary["machine"]>> = { 62: "x86-64", 183: "aarch64" };
const SYMBOL_TABLES = [".symtab", ".dynsym"];
const SYMBOL_BYTES = 24;
const FUNCTION = 2;
const KERNEL = "__tvm_ffi_";
const BODY = "_compute_";

interface Section {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

function readSections(file: Buffer): Section[] {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) throw new RangeError("it is no ELF file of 64 bits");
  const [start, size, count, names] = [
    Number(file.readBigUInt64LE(40)),
    file.readUInt16LE(58),
    file.readUInt16LE(60),
    file.readUInt16LE(62),
  ];
  const raw = Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    const field = (offset: number) => Number(file.readBigUInt64LE(at + offset));
    return { nameAt: file.readUInt32LE(at), offset: field(24), size: field(32), link: file.readUInt32LE(at + 40) };
  });
  const table = raw[names]?.offset ?? 0;
  return raw.map(({ nameAt, ...section }) => ({ ...section, name: textAt(file, table + nameAt) }));
}

interface NamedSize {
  readonly name: string;
  readonly bytes: number;
}

function readSymbols(file: Buffer, sections: readonly Section[]): NamedSize[] {
  const table = SYMBOL_TABLES.map((name) => sections.find((section) => section.name === name)).find((section) => section !== undefined);
  const strings = sections[table?.link ?? -1];
  if (table === undefined || strings === undefined) throw new RangeError("it has no symbols");
  const found: NamedSize[] = [];
  for (let at = table.offset; at + SYMBOL_BYTES <= table.offset + table.size; at += SYMBOL_BYTES) {
    if ((file.readUInt8(at + 4) & 15) !== FUNCTION) continue;
    found.push({ name: textAt(file, strings.offset + file.readUInt32LE(at)), bytes: Number(file.readBigUInt64LE(at + 16)) });
  }
  return found;
}

function groupKernels(symbols: readonly NamedSize[]): KernelFunction[] {
  const kernels = new Map(symbols.filter(({ name }) => isKernel(name)).map(({ name, bytes }) => [name.slice(KERNEL.length), bytes]));
  if (kernels.size === 0) throw new RangeError("it exports no kernels");
  for (const { name, bytes } of symbols) {
    const owner = name.endsWith(BODY) ? name.slice(0, -BODY.length).replace(KERNEL, "") : "";
    if (kernels.has(owner)) kernels.set(owner, (kernels.get(owner) ?? 0) + bytes);
  }
  return [...kernels].map(([name, bytes]) => ({ name, bytes })).toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

// `__tvm_ffi__` begins the library's own: its metadata, its start.
function isKernel(name: string): boolean {
  return name.startsWith(KERNEL) && !name.startsWith(`${KERNEL}_`) && !name.endsWith(BODY);
}

function sizeOf(sections: readonly Section[], name: string): number {
  return sections
    .filter((section) => section.name === name || section.name.startsWith(`${name}.`))
    .reduce((total, { size }) => total + size, 0);
}

function textAt(file: Buffer, at: number): string {
  return file.toString("latin1", at, file.indexOf(0, at));
}

import { spirvNeeds } from "./spirv-needs.ts";

/** One executable of a module, by what its own bytes say. */
export interface Executable {
  readonly name: string;
  /** `embedded-elf`, `cuda-nvptx`, `rocm-hsaco`, `vulkan-spirv`, or `unknown`. */
  readonly format: string;
  /** What its code is for; empty for SPIR-V, which is for no architecture. */
  readonly architectures: readonly string[];
  /** What else it says it needs: the version of PTX, SPIR-V's version, capabilities and extensions. */
  readonly needs: readonly string[];
  readonly bytes: number;
}

const MACHINES: Readonly<Record<number, string>> = { 62: "x86-64", 183: "aarch64" };
const AMDGPU = 224;

/** EF_AMDGPU_MACH of an AMDGPU code object's e_flags -> architecture (LLVM, User Guide for AMDGPU Backend, "ELF Code Object"). */
const AMDGPU_MACHINES: Readonly<Record<number, string>> = {
  48: "gfx908",
  63: "gfx90a",
  65: "gfx1100",
  76: "gfx942",
  78: "gfx1201",
  79: "gfx950",
};

/** Places in a 64-bit ELF header (System V ABI, "Object files"). */
const E_MACHINE = 18;
const E_FLAGS = 48;

/** Reads an executable by the mark it begins with (IREE's schemas of its executable formats). */
export function readExecutable(name: string, data: Buffer): Executable {
  const common = { name, bytes: data.length, needs: [] };
  if (data.subarray(0, 4).equals(ELF.subarray(0, 4))) {
    return { ...common, format: "embedded-elf", architectures: [machineName(data.readUInt16LE(E_MACHINE))] };
  }
  switch (data.subarray(0, 4).toString("latin1")) {
    case "CDA1":
      return { ...common, format: "cuda-nvptx", architectures: found(data, /\.target (sm_\w+)/g), needs: ptxVersions(data) };
    case "HIP1":
      return { ...common, format: "rocm-hsaco", architectures: codeObjects(data) };
    case "VKE1":
      return { ...common, format: "vulkan-spirv", architectures: [], needs: spirvNeeds(data) };
    default:
      return { ...common, format: "unknown", architectures: [] };
  }
}

const ELF = Buffer.from("\x7fELF\x02\x01", "latin1");

function machineName(machine: number): string {
  return MACHINES[machine] ?? `ELF machine ${machine}`;
}

function ptxVersions(data: Buffer): string[] {
  return found(data, /\.version (\d+\.\d+)/g).map((version) => `PTX ${version}`);
}

function codeObjects(data: Buffer): string[] {
  const names = new Set<string>();
  for (let at = data.indexOf(ELF); at >= 0; at = data.indexOf(ELF, at + 1)) {
    if (data.readUInt16LE(at + E_MACHINE) !== AMDGPU) continue;
    const machine = data.readUInt32LE(at + E_FLAGS) & 0xff;
    names.add(AMDGPU_MACHINES[machine] ?? `EF_AMDGPU_MACH 0x${machine.toString(16)}`);
  }
  return [...names].toSorted();
}

function found(data: Buffer, pattern: RegExp): string[] {
  return [...new Set([...data.toString("latin1").matchAll(pattern)].map((match) => match[1] ?? ""))].toSorted();
}

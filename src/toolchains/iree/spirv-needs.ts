const MAGIC = Buffer.from([0x03, 0x02, 0x23, 0x07]);
const HEADER_BYTES = 20;
const OP_EXTENSION = 10;
const OP_CAPABILITY = 17;

/** SPIR-V Specification, section 3.2.30 "Capability": those that IREE's shaders use; others keep their number. */
const CAPABILITIES: Readonly<Record<number, string>> = {
  0: "Matrix",
  1: "Shader",
  9: "Float16",
  10: "Float64",
  11: "Int64",
  22: "Int16",
  39: "Int8",
  61: "GroupNonUniform",
  63: "GroupNonUniformArithmetic",
  65: "GroupNonUniformShuffle",
  4433: "StorageBuffer16BitAccess",
  4448: "StorageBuffer8BitAccess",
  5345: "VulkanMemoryModel",
  5347: "PhysicalStorageBufferAddresses",
  6018: "DotProductInput4x8BitPacked",
  6019: "DotProduct",
  6022: "CooperativeMatrixKHR",
};

/** Versions, capabilities and extensions that the SPIR-V modules in some bytes ask for, sorted by their code points. */
export function spirvNeeds(data: Buffer): string[] {
  const needs = new Set<string>();
  for (let at = data.indexOf(MAGIC); at >= 0; at = data.indexOf(MAGIC, at + 1)) {
    if (at % 4 === 0) collect(data, at, needs);
  }
  return [...needs].toSorted();
}

/** What they ask for stands first in every module (section 2.4 "Logical Layout of a Module"). */
function collect(data: Buffer, start: number, needs: Set<string>): void {
  if (start + HEADER_BYTES > data.length) return;
  needs.add(`SPIR-V ${data[start + 6]}.${data[start + 5]}`);
  let at = start + HEADER_BYTES;
  while (at + 8 <= data.length) {
    const [operation, words] = [data.readUInt16LE(at), data.readUInt16LE(at + 2)];
    if (operation === OP_CAPABILITY) needs.add(capabilityName(data.readUInt32LE(at + 4)));
    else if (operation === OP_EXTENSION) needs.add(data.toString("utf8", at + 4, data.indexOf(0, at + 4)));
    else return;
    if (words === 0) return;
    at += 4 * words;
  }
}

function capabilityName(number: number): string {
  return CAPABILITIES[number] ?? `capability ${number}`;
}

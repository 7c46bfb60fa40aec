import type { Accelerator } from "../../domain/accelerator.ts";
import type { Host } from "../../domain/host.ts";
import { formatBytes } from "../../report/format.ts";
import { type Answer, type Check, fails, limited, works } from "./check.ts";
import { emulatorAnswers } from "./check-emulators.ts";

/** What the machine itself is. */
export function machineChecks(host: Host): Check[] {
  return [
    { group: "machine", name: "processor", needed: false, run: async () => processor(host) },
    { group: "machine", name: "instructions", needed: false, run: async () => instructions(host) },
    ...accelerators(host),
    { group: "machine", name: "memory", needed: false, run: async () => works(formatBytes(host.memoryBytes)) },
    { group: "machine", name: "system", needed: false, run: async () => works(`Linux ${host.kernel}, Node ${process.versions.node}`) },
  ];
}

/** Each accelerator and emulator that was found, and what could not be found out about any. */
function accelerators(host: Host): Check[] {
  const { accelerators: found, acceleratorNotes } = host;
  const about = ({ vendor, name, architecture, memoryBytes, driver }: Accelerator) => {
    const memory = memoryBytes === null ? null : formatBytes(memoryBytes);
    return [`${vendor} ${name}`, architecture, memory, driver === null ? null : `driver ${driver}`]
      .filter((part) => part !== null)
      .join(", ");
  };
  const answers: readonly (readonly [string, Answer])[] = [
    ...found.map((each) => [each.id, works(about(each))] as const),
    ...acceleratorNotes.map((note) => ["accelerators", limited(note)] as const),
    ...emulatorAnswers(host),
  ];
  return answers.map(([name, answer]) => ({ group: "machine", name, needed: false, run: async () => answer }));
}

function processor({ architecture, cpuModel, cores, cpuLevel }: Host): Answer {
  const what = `${cpuModel}, ${cores} ${cores === 1 ? "core" : "cores"}, ${cpuLevel}`;
  return architecture === "other" ? fails(`${what}: no toolchain makes anything that runs here`) : works(what);
}

/** Extensions that decide what precisions a CPU computes in, by the names of /proc/cpuinfo, and what they bring. */
const EXTENSIONS = [
  { flags: ["avx2"], name: "AVX2" },
  { flags: ["avx512f"], name: "AVX-512" },
  { flags: ["avx512_vnni", "avx_vnni"], name: "VNNI (int8)" },
  { flags: ["avx512_bf16", "bf16"], name: "bfloat16" },
  { flags: ["amx_tile"], name: "AMX" },
  { flags: ["avx512_fp16", "asimdhp"], name: "float16" },
  { flags: ["asimddp"], name: "dot products (int8)" },
  { flags: ["i8mm"], name: "int8 matrices" },
  { flags: ["sve"], name: "SVE" },
] as const;

function instructions({ cpuFeatures }: Host): Answer {
  if (cpuFeatures.length === 0) return { state: "limited", detail: "unknown: /proc/cpuinfo does not say" };
  const has = EXTENSIONS.filter(({ flags }) => flags.some((flag) => cpuFeatures.includes(flag))).map(({ name }) => name);
  const bfloat16 = has.includes("bfloat16") ? "" : "; no bfloat16";
  return works(`${has.length === 0 ? "none beyond the base" : has.join(", ")}${bfloat16}`);
}

/** The target a module was compiled for, as the compiler recorded it; null where it recorded nothing. */
export interface Asked {
  /** The HAL's device: `local`, `cuda`, `hip`, `vulkan`. */
  readonly device: string | null;
  readonly backend: string | null;
  readonly format: string | null;
  readonly triple: string | null;
  readonly cpu: string | null;
  /** LLVM's names of the CPU features that are on, in its order. */
  readonly cpuFeatures: readonly string[];
  /** Of a GPU: `sm_80`, `gfx942`. */
  readonly architecture: string | null;
}

/** Reads the text of the first `#hal.device.target` in a module's program. */
export function readAsked(program: Buffer): Asked {
  const start = program.indexOf("#hal.device.target<");
  const text = start < 0 ? "" : program.subarray(start, program.indexOf(0, start)).toString("utf8");
  const executable = /#hal\.executable\.target<"([^"]*)", "([^"]*)"/.exec(text);
  return {
    device: first(/#hal\.device\.target<"([^"]*)"/, text),
    backend: executable?.[1] ?? null,
    format: executable?.[2] ?? null,
    triple: first(/target_triple = "([^"]*)"/, text),
    cpu: first(/\bcpu = "([^"]*)"/, text),
    cpuFeatures: enabled(first(/\bcpu_features = "([^"]*)"/, text) ?? ""),
    architecture: first(/\barch = "([^"]*)"/, text),
  };
}

/** What `+a,+b,-a` leaves on: the last word on a feature counts. */
function enabled(recorded: string): string[] {
  const state = new Map<string, boolean>();
  for (const entry of recorded.split(",").filter((each) => each !== "")) state.set(entry.slice(1), entry.startsWith("+"));
  return [...state].filter(([, on]) => on).map(([name]) => name);
}

function first(pattern: RegExp, text: string): string | null {
  return pattern.exec(text)?.[1] ?? null;
}

import { openSync, readdirSync, readFileSync } from "node:fs";

const CLOSE_ON_EXEC = 0o2000000;

let leaks: readonly number[] | null = null;
let nothing: number | null = null;

/**
 * Descriptors above standard error that every program we start would find open: those that our own parent left open for us. Node's own are
 * closed on exec. They do not change while we run.
 */
export function leakedDescriptors(): readonly number[] {
  leaks ??= readdirSync("/proc/self/fd").map(Number).filter(isLeaked);
  return leaks;
}

/** `/dev/null`, to be put in a descriptor's place. */
export function nullDescriptor(): number {
  nothing ??= openSync("/dev/null", "r+");
  return nothing;
}

function isLeaked(descriptor: number): boolean {
  if (descriptor <= 2) return false;
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // The folder's own descriptor, closed meanwhile.
    return false;
  }
}

/** Half-open range of Python versions, as [major, minor]. */
export interface PythonRange {
  readonly from: readonly [number, number];
  readonly below: readonly [number, number];
  /** As a user would write it. */
  readonly text: string;
}

/** What locks are made and tested for when they say nothing else. */
const DEFAULT: PythonRange = { from: [3, 11], below: [3, 14], text: ">=3.11,<3.14" };

/**
 * The range of Python versions a lock file is for: its comment line `# requires-python: >=3.11,<3.14`, or that very range. Both
 * bounds are needed; a line that cannot be read gives null.
 */
export function requiresPython(lockText: string): PythonRange | null {
  const line = /^#\s*requires-python:\s*(.+?)\s*$/m.exec(lockText);
  if (line === null) return DEFAULT;
  const range = /^>=\s*(\d+)\.(\d+)\s*,\s*<\s*(\d+)\.(\d+)$/.exec(line[1] ?? "");
  if (range === null) return null;
  const [fromMajor = 0, fromMinor = 0, belowMajor = 0, belowMinor = 0] = range.slice(1).map(Number);
  return { from: [fromMajor, fromMinor], below: [belowMajor, belowMinor], text: line[1] ?? "" };
}

/** Whether a version (`3.11.7`) is in the range. */
export function fitsRange(version: string, { from, below }: PythonRange): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return compare([major, minor], from) >= 0 && compare([major, minor], below) < 0;
}

/** Names programs of the range may have, oldest first: what a lock was tested with longest comes first. */
export function programNames({ from, below }: PythonRange): string[] {
  const names: string[] = [];
  for (let minor = from[1]; from[0] === below[0] && minor < below[1]; minor += 1) names.push(`python${from[0]}.${minor}`);
  return [...names, `python${from[0]}`, "python"];
}

function compare(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ForeignPackages } from "../../domain/environment.ts";
import { asJson, type Json } from "../../domain/json.ts";

/** Where in an environment an architecture's packages lie. */
export const FOREIGN_FOLDER = "foreign";

/** uv's names of the platforms: an architecture with glibc 2.28 or newer, the oldest that targets of it have. */
const PLATFORMS = { aarch64: "aarch64-manylinux_2_28", "x86-64": "x86_64-manylinux_2_28" } as const;
type Known = keyof typeof PLATFORMS;

/** The foreign packages of an environment that are foreign to a Python's platform (`linux-x86_64`), by architecture. */
export function foreignTo(platform: string, packages: ForeignPackages = {}): [Known, readonly string[]][] {
  const own = platform.endsWith("aarch64") ? "aarch64" : "x86-64";
  return Object.entries(packages).filter((entry): entry is [Known, readonly string[]] => entry[0] in PLATFORMS && entry[0] !== own);
}

/** What of them is in the digest of an environment; null where there are none, so that the digest is what it was without them. */
export function foreignIdentity(platform: string, packages?: ForeignPackages): Json {
  const foreign = foreignTo(platform, packages);
  return foreign.length === 0 ? null : asJson(Object.fromEntries(foreign.map(([name, each]) => [PLATFORMS[name], [...each].sort()])));
}

export interface ForeignInstall {
  readonly uv: string;
  /** The environment's folder. */
  readonly folder: string;
  /** Text of the environment's lock. */
  readonly lock: string;
  /** Of the environment's Python. */
  readonly platform: string;
  readonly packages?: ForeignPackages | undefined;
}

/**
 * The commands that install them, each package by the hashes that the environment's own lock has for it. What is to be installed is
 * written into the folder beside them.
 */
export async function foreignCommands({ uv, folder, lock, platform, packages }: ForeignInstall): Promise<string[][]> {
  return await Promise.all(
    foreignTo(platform, packages).map(async ([architecture, names]) => {
      const place = join(folder, FOREIGN_FOLDER, architecture);
      const list = join(folder, FOREIGN_FOLDER, `${architecture}.lock`);
      await mkdir(place, { recursive: true });
      await writeFile(list, lockedEntries(lock, names));
      return [
        ...[uv, "pip", "sync", "--python", join(folder, "bin", "python"), "--target", place, "--python-platform", PLATFORMS[architecture]],
        ...["--require-hashes", "--only-binary", ":all:", list],
      ];
    }),
  );
}

/** The entries of a lock for some packages, with their hashes. Throws where it has none of a name: the toolchain is wrong then. */
export function lockedEntries(lock: string, names: readonly string[]): string {
  // An entry ends with the line that no backslash continues.
  const entries = lock.replaceAll(/^\s*#.*\n/gm, "").split(/(?<!\\)\n/);
  return names
    .map((name) => {
      const entry = entries.find((text) => text.startsWith(`${name}==`));
      if (entry === undefined) throw new Error(`the lock has no ${name}, which is to be installed for another architecture`);
      return `${entry}\n`;
    })
    .join("");
}

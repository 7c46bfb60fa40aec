import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmulatedSystem, Emulator } from "../domain/emulator.ts";
import { pathExists } from "./machine-files.ts";
import type { MachineView } from "./machine-view.ts";

const LOADER = "lib/ld-linux-aarch64.so.1";
/** Where a root folder may have libraries for 64-bit Arm, Debian's multiarch folders first. */
const LIBRARIES = ["lib/aarch64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib", "lib64", "usr/lib", "usr/lib64"];
/** An emulator that hangs must not hang every command; it answers in some 10 ms, and later on a busy machine. */
const PATIENCE_MS = 20_000;

/**
 * What qemu-aarch64 runs programs with on this machine, proven by having it load a C++ library with its C library; or why it cannot,
 * in a sentence without a full stop. Looked for where QEMU itself is told (QEMU_LD_PREFIX), in Debian's cross packages, among
 * the machine's own libraries (Debian's multiarch).
 */
export async function tryEmulator(
  { name, path }: Pick<Emulator, "name" | "path">,
  { root, env }: MachineView,
): Promise<EmulatedSystem | { readonly why: string }> {
  const roots = [...(env.QEMU_LD_PREFIX ? [env.QEMU_LD_PREFIX] : []), join(root, "usr/aarch64-linux-gnu"), root];
  const place = await firstWith(roots, LOADER);
  if (place === null) return { why: `${name} is here, and no C library for the programs it runs` };
  const [cxx, c] = await Promise.all([findLibrary(place, "libstdc++.so.6"), findLibrary(place, "libc.so.6")]);
  if (cxx === null || c === null) return { why: `${name} is here, and no C++ library for the programs it runs in ${place}` };
  const [about, cpus, loaded, libc] = await Promise.all([
    run(path, ["--version"]),
    run(path, ["-cpu", "help"]),
    run(path, ["-L", place, join(place, LOADER), "--list", cxx]),
    libcVersion(c),
  ]);
  const version = /\bversion (\S+)/.exec(about.text)?.[1];
  if (version === undefined) return { why: `${path} does not say which version of ${name} it is` };
  if (!loaded.ok) return { why: `${name} ${version} does not run the C library in ${place} (${firstLine(loaded.text)})` };
  if (libc === null) return { why: `the C library in ${place} does not say which version it is` };
  return { version, cpus: cpuNames(cpus.text), root: place, shown: [path, ...(await folders(place))], libc };
}

async function firstWith(roots: readonly string[], file: string): Promise<string | null> {
  for (const each of roots) if (each.startsWith("/") && (await pathExists(join(each, file)))) return each;
  return null;
}

async function findLibrary(root: string, name: string): Promise<string | null> {
  for (const folder of LIBRARIES) {
    const path = join(root, folder, name);
    if (await pathExists(path)) return path;
  }
  return null;
}

/** Library folders alone: the root itself may be anything, a home folder too. */
async function folders(root: string): Promise<string[]> {
  const there = await Promise.all(["lib", "lib64", "usr/lib", "usr/lib64"].map(async (name) => [name, await pathExists(join(root, name))]));
  return there.flatMap(([name, exists]) => (exists === true ? [join(root, String(name))] : []));
}

/** glibc says it in its own text, as it would if it were run: `GNU C Library (Debian GLIBC 2.36-8) stable release version 2.36.` */
async function libcVersion(path: string): Promise<string | null> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const start = bytes.indexOf("GNU C Library (");
  if (start < 0) return null;
  return /\(([^)]+)\)/.exec(bytes.toString("latin1", start, start + 200))?.[1] ?? null;
}

/** `-cpu help` lists one name a line, indented. */
function cpuNames(text: string): string[] {
  return text.split("\n").flatMap((line) => /^\s+([\w.-]+)\s*$/.exec(line)?.[1] ?? []);
}

function run(program: string, words: readonly string[]): Promise<{ ok: boolean; text: string }> {
  const options = { cwd: "/", env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" }, timeout: PATIENCE_MS, killSignal: "SIGKILL" } as const;
  return new Promise((resolve) => {
    execFile(program, [...words], options, (error, said, complained) => {
      // A list of CPUs ends with status 1.
      resolve({ ok: error === null, text: said.trim() === "" ? complained.trim() || (error?.message ?? "") : said });
    });
  });
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0]?.trim() ?? "";
}

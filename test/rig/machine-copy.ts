import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MachineView } from "../../src/devices/machine-view.ts";
import { scratchFolder } from "./scratch.ts";

export interface MachineCopy {
  /** Path below the root -> text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Path below the root -> path below the root that it leads to. */
  readonly links?: Readonly<Record<string, string>>;
  /** Program on the PATH -> shell script. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder laid out as another machine's root, and a PATH with nothing on it but the programs given. */
export function machineCopy({ files = {}, links = {}, programs = {}, env = {} }: MachineCopy): MachineView {
  const root = scratchFolder("machine");
  const bin = scratchFolder("programs");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const [path, to] of Object.entries(links)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    mkdirSync(join(root, to), { recursive: true });
    symlinkSync(join(root, to), join(root, path));
  }
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { root, env: { PATH: bin, ...env } };
}

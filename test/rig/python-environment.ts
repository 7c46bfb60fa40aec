import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestBytes } from "../../src/domain/digest.ts";
import type { EnvironmentHandle } from "../../src/domain/environment.ts";
import { interpreterCandidates } from "../../src/executors/environments/interpreter-candidates.ts";
import { requiresPython } from "../../src/executors/environments/requires-python.ts";
import { scratchFolder } from "./scratch.ts";

/** A bare virtual environment, no packages, around a Python of this machine: made in a millisecond. */
export function pythonEnvironment(): EnvironmentHandle {
  const range = requiresPython("");
  const [python] = range === null ? [] : interpreterCandidates(range, process.env);
  if (python === undefined) throw new Error("these tests need a Python from 3.11 to 3.13 on PATH");
  const root = join(scratchFolder("environment"), "venv");
  mkdirSync(join(root, "bin"), { recursive: true });
  symlinkSync(python, join(root, "bin", "python"));
  writeFileSync(join(root, "pyvenv.cfg"), `home = ${dirname(python)}\ninclude-system-site-packages = false\n`);
  return { name: "bare", digest: digestBytes(root), python: "3.11.0", root, image: null };
}

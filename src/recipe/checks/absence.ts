import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Absence } from "../../domain/recipe.ts";
import type { Fault, YamlPath } from "../fault.ts";
import { suggest } from "../suggest.ts";

const MEND = "`fettle plugins install PACKAGE` adds one that does";

/** What an optional target names, and that no package installed here brings. */
export function notInstalled(kind: Absence["kind"], name: string): Absence {
  return { kind, name, why: null, mend: MEND };
}

/** An optional target whose file gives none on this machine: `native` of another architecture. */
export function notHere(name: string, faults: readonly Diagnostic[]): Absence {
  const [fault] = faults;
  if (fault === undefined) throw new Error(`the target ${name} is faulty without a fault`);
  return { kind: "target", name, why: fault.message, mend: fault.hint ?? "build it on another machine" };
}

const CONSEQUENCES = {
  target: "it is optional, and unavailable here",
  toolchain: "its target is optional, and does without it here",
} as const;

/** The warning of what is not installed. A name that is near another may be a slip, and is never taken for the other. */
export function absenceFault({ kind, name, mend }: Absence, { path, names }: { path: YamlPath; names: readonly string[] }): Fault {
  const near = suggest(name, names);
  return {
    code: kind === "target" ? "unknown-target" : "unknown-toolchain",
    severity: "warning",
    path,
    on: "key",
    message: `no package installed here brings the ${kind} \`${name}\`: ${CONSEQUENCES[kind]}`,
    hint: near === null ? mend : `did you mean \`${near}\`? If not, ${mend}`,
  };
}

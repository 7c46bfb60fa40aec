import { canonicalJson, type JsonObject } from "../../domain/json.ts";
import type { Absence, ToolchainUse } from "../../domain/recipe.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import type { Fault, YamlPath } from "../fault.ts";
import { listed } from "../schema/fault-check.ts";
import { didYouMean } from "../suggest.ts";
import { absenceFault, notInstalled } from "./absence.ts";
import { issueFaults } from "./issue-faults.ts";

/** An entry of a `toolchains` list that is well-formed: a name, or a map of names to options. */
type WrittenUse = string | Readonly<Record<string, unknown>>;

export interface CheckedToolchains {
  readonly faults: readonly Fault[];
  readonly uses: readonly ToolchainUse[];
  /** Toolchains that an optional target lists and that are not installed. */
  readonly absent: readonly Absence[];
}

export interface ToolchainList {
  readonly path: YamlPath;
  readonly written: readonly (WrittenUse | undefined)[];
  /** Whether it is an optional target's: a name that is not installed is then warned of, and no error. */
  readonly optional: boolean;
}

/** Checks a target's `toolchains` list: names exist, none twice, options pass the toolchain's own schema. */
export function checkToolchains({ path, written, optional }: ToolchainList, toolchains: readonly Toolchain[]): CheckedToolchains {
  const faults: Fault[] = [];
  const uses: ToolchainUse[] = [];
  const absent: Absence[] = [];
  written.forEach((entry, index) => {
    if (entry === undefined) return;
    const at = [...path, index];
    const named = nameOf(at, entry);
    if (!("name" in named)) {
      faults.push(named);
      return;
    }
    if (optional && !toolchains.some(({ name }) => name === named.name)) {
      const absence = notInstalled("toolchain", named.name);
      if (!absent.some(({ name }) => name === named.name)) absent.push(absence);
      faults.push(absenceFault(absence, { path: named.at, names: toolchains.map(({ name }) => name) }));
      return;
    }
    const checked = checkUse(named, toolchains);
    faults.push(...checked.faults);
    if (checked.use === null) return;
    if (uses.some((use) => isSame(use, checked.use)))
      faults.push({ code: "invalid-value", path: at, message: `\`${named.name}\` is listed twice with the same options` });
    else uses.push(checked.use);
  });
  return { faults, uses, absent };
}

function isSame(left: ToolchainUse, right: ToolchainUse | null): boolean {
  return left.name === right?.name && canonicalJson(left.options) === canonicalJson(right.options);
}

interface NamedUse {
  readonly name: string;
  readonly options: unknown;
  /** Where the name stands, and where the options do. */
  readonly at: YamlPath;
  readonly optionsAt: YamlPath;
}

function nameOf(at: YamlPath, entry: WrittenUse): NamedUse | Fault {
  if (typeof entry === "string") return { name: entry, options: {}, at, optionsAt: at };
  const [pair, ...others] = Object.entries(entry);
  if (pair !== undefined && others.length === 0) {
    const [name, options] = pair;
    return { name, options: options ?? {}, at: [...at, name], optionsAt: [...at, name] };
  }
  const expected = "a name, or one name with its options: `openvino: { ... }`";
  const hint = pair === undefined ? {} : { hint: "indent the options below the name, or start a new `-` for the next toolchain" };
  return {
    code: "invalid-value",
    path: at,
    message: `this entry names ${others.length === 0 ? "no toolchain" : `${others.length + 1} things`}`,
    expected,
    ...hint,
  };
}

function checkUse(
  { name, options, at, optionsAt }: NamedUse,
  toolchains: readonly Toolchain[],
): { readonly faults: readonly Fault[]; readonly use: ToolchainUse | null } {
  const toolchain = toolchains.find((known) => known.name === name);
  if (toolchain === undefined) return { faults: [unknownToolchain(name, at, toolchains)], use: null };
  const parsed = toolchain.options.safeParse(options);
  if (parsed.success) return { faults: [], use: { name, options: parsed.data as JsonObject } };
  const view = { schema: toolchain.options, value: options, root: `\`${name}\`` };
  return {
    faults: issueFaults(view, parsed.error.issues).map(
      (fault): Fault => ({ ...fault, code: "toolchain-option", path: [...optionsAt, ...fault.path] }),
    ),
    use: null,
  };
}

function unknownToolchain(name: string, path: YamlPath, toolchains: readonly Toolchain[]): Fault {
  const names = toolchains.map((known) => known.name).sort();
  const near = didYouMean(name, names);
  const hint = "`fettle toolchains` lists what is installed; others come as plug-ins";
  return {
    code: "unknown-toolchain",
    path,
    on: "key",
    message: `there is no toolchain \`${name}\``,
    expected: names.length === 0 ? "a toolchain that is installed" : `one of ${listed(names)}`,
    hint,
    ...near,
  };
}

import type { Digest } from "../domain/digest.ts";
import { shortDigest } from "../domain/digest.ts";
import type { Precision } from "../domain/precision.ts";
import type { Support } from "../domain/toolchain.ts";
import { cleanLine } from "./clean-text.ts";
import { padEnd, wrap } from "./display-width.ts";
import { formatCount } from "./format.ts";
import type { Theme } from "./theme.ts";

export interface ToolchainListing {
  readonly name: string;
  readonly title: string;
  /** Version of its main package, from the lock. */
  readonly version: string;
  /** `built in`, or the plug-in's name and version. */
  readonly from: string;
  /** Whether its artifacts can take a range of sizes. */
  readonly dynamicShapes: boolean;
  readonly environment: EnvironmentListing;
  readonly abilities: readonly Ability[];
}

export type EnvironmentListing =
  | { readonly state: "ready"; readonly python: string | null; readonly digest: Digest }
  /** The first build that needs it makes it. */
  | { readonly state: "not-made"; readonly python: string | null; readonly digest: Digest }
  | { readonly state: "unavailable"; readonly why: string };

/** What a toolchain can do for one target at one precision, on this host. */
export interface Ability {
  readonly target: string;
  readonly precision: Precision;
  readonly compile: Support;
  readonly run: Support;
  /** Null where there is nothing to emulate: it runs here, or cannot be compiled. */
  readonly emulate: Support | null;
}

/** `fettle toolchains`. `failures` are plug-ins that could not be loaded. */
export function renderToolchains(list: readonly ToolchainListing[], failures: readonly PluginFault[], theme: Theme): string {
  const { paint, symbols } = theme;
  const blocks = [
    ...list.map((toolchain) => toolchainLines(toolchain, theme)),
    ...failures.map(({ plugin, message }) => [
      `${paint.red(symbols.failed)} ${paint.bold(plugin)}  ${paint.red("could not be loaded")}`,
      ...wrap(cleanLine(message), theme.width - 4).map((line) => `    ${line}`),
    ]),
    [formatCount(list.length, "toolchain"), ...unservedLines(list, theme)],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Targets for which nothing at hand compiles anything. */
function unservedLines(list: readonly ToolchainListing[], theme: Theme): string[] {
  const abilities = list.flatMap((toolchain) => toolchain.abilities);
  const served = new Set(abilities.filter(({ compile }) => compile.yes).map(({ target }) => target));
  const unserved = [...new Set(abilities.map(({ target }) => target))].filter((target) => !served.has(target));
  if (unserved.length === 0) return [];
  return wrap(`no toolchain compiles for ${unserved.join(", ")}: \`fettle targets\` says who does`, theme.width);
}

export interface PluginFault {
  readonly plugin: string;
  readonly message: string;
}

/** `fettle toolchains --json`. */
export function toolchainsDocument(list: readonly ToolchainListing[], failures: readonly PluginFault[]) {
  return { schema: "fettle.toolchains/1", toolchains: list, failures };
}

function toolchainLines(toolchain: ToolchainListing, theme: Theme): string[] {
  const { paint } = theme;
  const head = `${paint.bold(toolchain.name)} ${toolchain.version}  ${toolchain.title}  ${paint.dim(toolchain.from)}`;
  const targets = [...new Set(toolchain.abilities.map(({ target }) => target))];
  const width = Math.max("environment".length, ...targets.map((target) => target.length));
  const labelled = (labels: readonly string[], lines: readonly string[]): string[] =>
    Array.from({ length: Math.max(labels.length, lines.length) }, (_, index) => {
      const line = lines[index];
      const label = labels[index] ?? "";
      return line === undefined ? `  ${paint.dim(label)}` : `  ${paint.dim(padEnd(label, width))}  ${line}`;
    });
  return [
    head,
    ...labelled(["environment"], [environmentText(toolchain.environment, theme)]),
    ...(toolchain.dynamicShapes ? labelled(["sizes"], ["fixed, or a range: { min, opt, max }"]) : []),
    ...alikeTargets(toolchain, theme).flatMap(({ names, lines }) =>
      labelled(
        names,
        lines.flatMap((line) => wrap(line, theme.width - width - 4)),
      ),
    ),
  ];
}

/** Targets for which a toolchain can do the same, together. */
function alikeTargets({ abilities }: ToolchainListing, theme: Theme): { names: string[]; lines: string[] }[] {
  const groups = new Map<string, { names: string[]; lines: string[] }>();
  for (const [target, own] of Map.groupBy(abilities, (ability) => ability.target)) {
    const lines = abilityLines(own, theme);
    const group = groups.get(lines.join("\n")) ?? { names: [], lines };
    group.names.push(target);
    groups.set(lines.join("\n"), group);
  }
  return [...groups.values()];
}

function environmentText(environment: EnvironmentListing, { paint, symbols }: Theme): string {
  if (environment.state === "unavailable") return `${paint.red(symbols.failed)} unavailable: ${cleanLine(environment.why)}`;
  const identity = `${environment.python === null ? "" : `Python ${environment.python}, `}${shortDigest(environment.digest)}`;
  if (environment.state === "ready") return `${paint.green(symbols.done)} ready (${identity})`;
  return `${symbols.pending} not made yet; the first build that needs it makes it (${identity})`;
}

const VERBS = [
  ["compile", "compiles:", "cannot compile:"],
  ["run", "runs here:", "cannot run here:"],
  ["emulate", "emulates here:", "cannot emulate here:"],
] as const;

/** What it can do, then why it cannot do the rest; what it cannot compile it need not say about running. */
function abilityLines(abilities: readonly Ability[], { symbols }: Theme): string[] {
  const can: string[] = [];
  const cannot: string[] = [];
  for (const [verb, does, fails] of VERBS) {
    const asked = verb === "compile" ? abilities : abilities.filter(({ compile }) => compile.yes);
    const yes = asked.filter((ability) => ability[verb]?.yes).map(({ precision }) => precision);
    if (yes.length > 0) can.push(`${does} ${yes.join(", ")}`);
    for (const [why, precisions] of reasons(asked, verb)) cannot.push(`${fails} ${precisions.join(", ")} (${cleanLine(why)})`);
  }
  return [...(can.length === 0 ? [] : [can.join(` ${symbols.separator} `)]), ...cannot];
}

function reasons(abilities: readonly Ability[], verb: "compile" | "run" | "emulate"): Map<string, Precision[]> {
  const whys = new Map<string, Precision[]>();
  for (const ability of abilities) {
    const support = ability[verb];
    if (support !== null && !support.yes) whys.set(support.why, [...(whys.get(support.why) ?? []), ability.precision]);
  }
  return whys;
}

import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatCount } from "./format.ts";
import type { Theme } from "./theme.ts";

/** What a plug-in brings, by the names that recipes and command lines use. */
export interface PluginContents {
  readonly toolchains: readonly string[];
  readonly targets: readonly string[];
  readonly commands: readonly string[];
  /** What is wrong with it, or with a part of it, in sentences. */
  readonly faults: readonly string[];
}

export interface PluginListing extends PluginContents {
  readonly name: string;
  readonly version: string;
  readonly kind: "installed" | "linked";
  /** Its package folder. */
  readonly folder: string;
  /** What the user asked for; null where it is not known. */
  readonly from: string | null;
  /** Of the package's archive; null for a folder. */
  readonly integrity: string | null;
}

/** `fettle plugins list`. */
export function renderPlugins(plugins: readonly PluginListing[], theme: Theme): string {
  if (plugins.length === 0) return "no plug-ins; `fettle plugins install` and `fettle plugins link` add them\n";
  const blocks = [...plugins.map((plugin) => renderPlugin(plugin, theme)), formatCount(plugins.length, "plug-in")];
  return `${blocks.join("\n\n")}\n`;
}

/** One plug-in: what it is, what it brings, what is wrong with it. */
export function renderPlugin(plugin: PluginListing, { paint, symbols, width }: Theme): string {
  const mark = plugin.faults.length > 0 ? paint.red(symbols.failed) : paint.green(symbols.done);
  const facts: [string, string][] = [
    [plugin.kind, plugin.kind === "linked" ? plugin.folder : (plugin.from ?? plugin.folder)],
    ["integrity", plugin.integrity ?? ""],
    ["toolchains", plugin.toolchains.join(", ")],
    ["targets", plugin.targets.join(", ")],
    ["commands", plugin.commands.map((id) => `fettle ${id}`).join(", ")],
  ];
  return [
    `${mark} ${paint.bold(cleanLine(plugin.name))} ${cleanLine(plugin.version)}`,
    ...facts.filter(([, text]) => text !== "").map(([label, text]) => `  ${paint.dim(label.padEnd(10))}  ${cleanLine(text)}`),
    ...plugin.faults.flatMap((fault) => wrap(cleanLine(fault), width - 4).map((line) => `  ${paint.red(line)}`)),
  ].join("\n");
}

/** `fettle plugins list --json`. */
export function pluginsDocument(plugins: readonly PluginListing[]) {
  return { schema: "fettle.plugins/1", plugins };
}

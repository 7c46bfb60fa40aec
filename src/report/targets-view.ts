import type { Emulation } from "../domain/emulator.ts";
import type { Host } from "../domain/host.ts";
import type { Target } from "../domain/target.ts";
import type { Support } from "../domain/toolchain.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatBytes, formatCount } from "./format.ts";
import { fitColumns, renderTable } from "./table.ts";
import type { Theme } from "./theme.ts";

export interface TargetListing {
  readonly target: Target;
  /** The file it comes from, as the user would write it. */
  readonly source: string;
  /** Whether this machine is such hardware, and if not why. */
  readonly here: Support;
  /** How this machine can run it in the hardware's place, or why not; absent where that is no question. */
  readonly emulation?: Emulation | { readonly why: string };
}

/** What of a host a list of targets is seen from. */
export type TargetsHost = Pick<Host, "accelerators" | "acceleratorNotes">;

/** `fettle targets`. */
export function renderTargets(list: readonly TargetListing[], host: TargetsHost, theme: Theme): string {
  const { paint, symbols } = theme;
  const table = fitColumns<TargetListing>(
    [
      { title: "target", cell: ({ target }) => paint.bold(target.name) },
      { title: "here", cell: ({ here }) => (here.yes ? paint.green(symbols.done) : paint.dim(symbols.pending)) },
      { title: "hardware", cell: ({ target }) => target.title, drop: 1 },
      { title: "code for", cell: ({ target }) => codeFor(target) },
      { title: "memory", cell: ({ target }) => memoryOf(target), align: "right", drop: 4 },
      {
        title: "C library",
        cell: ({ target }) => (target.device === "cpu" ? `${target.system.libc} ${target.system.version}` : null),
        drop: 3,
      },
      { title: "file", cell: ({ source }) => paint.dim(source), drop: 2 },
    ],
    list,
    theme.width,
  );
  const below = ({ target, here, emulation }: TargetListing): string[] =>
    [...(here.yes ? [] : [`not this machine: ${cleanLine(here.why)}${emulationText(emulation)}`]), ...unservedText(target)]
      .flatMap((text) => wrap(text, theme.width - 8))
      .map((line) => paint.dim(`      ${line}`));
  const lines = [...renderTable(table.columns, list, theme, below), "", formatCount(list.length, "target"), ...acceleratorLines(host)];
  return `${lines.join("\n")}\n`;
}

function emulationText(emulation: TargetListing["emulation"]): string {
  if (emulation === undefined) return "";
  if ("why" in emulation) return `; ${cleanLine(emulation.why)}`;
  return `; ${emulation.name} ${emulation.version} emulates it as ${emulation.cpu}`;
}

function unservedText(target: Target): string[] {
  if (target.device === "cpu" || target.unserved === undefined) return [];
  const { compiler, why, plugin } = target.unserved;
  return [`no toolchain that comes with Fettle serves it. Compiler: ${cleanLine(compiler)}; ${cleanLine(why)}; ${cleanLine(plugin)}`];
}

/** What this machine has beside its CPU, in words also where that is nothing. */
function acceleratorLines({ accelerators, acceleratorNotes }: TargetsHost): string[] {
  const each = accelerators.map(({ name, architecture }) => `${cleanLine(name)} (${architecture ?? "architecture unknown"})`);
  const found = each.length === 0 ? "no accelerator was found on this machine" : `accelerators of this machine: ${each.join(", ")}`;
  return [found, ...acceleratorNotes.map(cleanLine)];
}

function codeFor(target: Target): string {
  if (target.device === "cpu") return `${target.architecture} ${target.cpu}`;
  return target.vendor === "any" ? target.architecture : `${target.vendor} ${target.architecture}`;
}

function memoryOf(target: Target): string | null {
  return target.device === "cpu" || target.memoryBytes === null ? null : formatBytes(target.memoryBytes);
}

function emulationPart(emulation: TargetListing["emulation"]) {
  if (emulation === undefined || "why" in emulation) return emulation ?? null;
  const { name, version, cpu, libc } = emulation;
  return { by: name, version, cpu, libc };
}

/** `fettle targets --json`. */
export function targetsDocument(list: readonly TargetListing[], host: TargetsHost) {
  return {
    schema: "fettle.targets/1",
    targets: list.map(({ target, source, here, emulation }) => ({
      ...{ ...target, source, here: here.yes, whyNotHere: here.yes ? null : here.why, emulation: emulationPart(emulation) },
    })),
    accelerators: host.accelerators.map(({ id, device, vendor, name, architecture, memoryBytes, driver }) => ({
      ...{ id, device, vendor, name, architecture, memoryBytes, driver },
    })),
    notes: host.acceleratorNotes,
  };
}

import type { Target } from "../domain/target.ts";
import type { Support } from "../domain/toolchain.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatCount } from "./format.ts";
import { fitColumns, renderTable } from "./table.ts";
import type { Theme } from "./theme.ts";

export interface TargetListing {
  readonly target: Target;
  /** The file it comes from, as the user would write it. */
  readonly source: string;
  /** Whether this machine is such hardware, and if not why. */
  readonly here: Support;
}

/** `fettle targets`. */
export function renderTargets(list: readonly TargetListing[], theme: Theme): string {
  const { paint, symbols } = theme;
  const table = fitColumns<TargetListing>(
    [
      { title: "target", cell: ({ target }) => paint.bold(target.name) },
      { title: "here", cell: ({ here }) => (here.yes ? paint.green(symbols.done) : paint.dim(symbols.pending)) },
      { title: "hardware", cell: ({ target }) => target.title, drop: 1 },
      { title: "code for", cell: ({ target }) => `${target.architecture} ${target.cpu}` },
      { title: "C library", cell: ({ target }) => `${target.system.libc} ${target.system.version}`, drop: 3 },
      { title: "file", cell: ({ source }) => paint.dim(source), drop: 2 },
    ],
    list,
    theme.width,
  );
  const below = ({ here }: TargetListing): string[] =>
    here.yes ? [] : wrap(`not this machine: ${cleanLine(here.why)}`, theme.width - 8).map((line) => paint.dim(`      ${line}`));
  return `${[...renderTable(table.columns, list, theme, below), "", formatCount(list.length, "target")].join("\n")}\n`;
}

/** `fettle targets --json`. */
export function targetsDocument(list: readonly TargetListing[]) {
  return {
    schema: "fettle.targets/1",
    targets: list.map(({ target, source, here }) => ({ ...target, source, here: here.yes, whyNotHere: here.yes ? null : here.why })),
  };
}

import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatBytes, formatCount } from "./format.ts";
import type { Theme } from "./theme.ts";

/** What a compiled IREE module is for: what the compiler was asked for, and what its executables say of themselves. */
export interface IreeTarget {
  readonly file: string;
  readonly asked: {
    readonly device: string | null;
    readonly backend: string | null;
    readonly format: string | null;
    readonly triple: string | null;
    readonly cpu: string | null;
    readonly cpuFeatures: readonly string[];
    readonly architecture: string | null;
  };
  readonly executables: readonly {
    readonly name: string;
    readonly format: string;
    readonly architectures: readonly string[];
    readonly needs: readonly string[];
    readonly bytes: number;
  }[];
}

/** `fettle iree target FILE`. */
export function renderIreeTarget({ file, asked, executables }: IreeTarget, theme: Theme): string {
  const row = (label: string, value: string) => (value === "" ? [] : indented(label, value, theme));
  const lines = [
    theme.paint.bold(cleanLine(file)),
    ...row("device", asked.device ?? "not recorded"),
    ...row("compiler", [asked.backend, asked.format].filter((each) => each !== null).join(", ")),
    ...row("triple", asked.triple ?? ""),
    ...row("cpu", asked.cpu ?? ""),
    ...row("features", asked.cpuFeatures.join(" ")),
    ...row("architecture", asked.architecture ?? ""),
    ...row("holds", [formatCount(executables.length, "executable"), formatBytes(sum(executables.map(({ bytes }) => bytes)))].join(", ")),
    ...row("format", unique(executables.map(({ format }) => format))),
    ...row("code for", unique(executables.flatMap(({ architectures }) => architectures))),
    ...row("needs", unique(executables.flatMap(({ needs }) => needs))),
  ];
  return `${lines.join("\n")}\n`;
}

/** `fettle iree target FILE --json`. */
export function ireeTargetDocument(target: IreeTarget) {
  return { schema: "fettle.iree-target/1", ...target };
}

const LABEL_WIDTH = 14;

function indented(label: string, value: string, { paint, width }: Theme): string[] {
  const text = wrap(cleanLine(value), width - LABEL_WIDTH - 2);
  return text.map((line, index) => `  ${paint.dim((index === 0 ? label : "").padEnd(LABEL_WIDTH))}${line}`);
}

function unique(values: readonly string[]): string {
  return [...new Set(values)].toSorted().join(", ");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

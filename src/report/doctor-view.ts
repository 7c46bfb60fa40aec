import { cleanLine } from "./clean-text.ts";
import { padEnd, wrap } from "./display-width.ts";
import type { Theme } from "./theme.ts";

/** What is looked at, in the order it is told. */
export const DOCTOR_GROUPS = ["machine", "executors", "programs", "store", "toolchains", "network"] as const;
export type DoctorGroup = (typeof DOCTOR_GROUPS)[number];

/**
 * - `works`: it was tried and does what it should.
 * - `limited`: it works, but not as well as it could.
 * - `pending`: not there yet; a build makes it.
 * - `absent`: not there, and not needed.
 * - `fails`: it was tried and does not work.
 */
export const DOCTOR_STATES = ["works", "limited", "pending", "absent", "fails"] as const;
export type DoctorState = (typeof DOCTOR_STATES)[number];

export interface DoctorFinding {
  readonly group: DoctorGroup;
  readonly name: string;
  readonly state: DoctorState;
  /** Without it no build can run. */
  readonly needed: boolean;
  /** One line: what was found. */
  readonly detail: string;
  /** The one command that would mend it; null where nothing needs to be mended, or no command would. */
  readonly mend: string | null;
  /** For a container engine: the workers whose image it has, and those whose image it has not. */
  readonly images?: { readonly here: readonly string[]; readonly missing: readonly string[] };
}

export interface DoctorReport {
  /** Whether a build can run here. */
  readonly ok: boolean;
  /** What a build would run its workers in; null where nothing works. */
  readonly executor: string | null;
  readonly findings: readonly DoctorFinding[];
}

/** `fettle doctor`. */
export function renderDoctor({ ok, executor, findings }: DoctorReport, theme: Theme): string {
  const { paint, symbols } = theme;
  const width = Math.max(...findings.map(({ name }) => name.length));
  const groups = [...Map.groupBy(findings, ({ group }) => group)];
  const blocks = groups.map(([group, own]) => [paint.bold(group), ...own.flatMap((finding) => findingLines(finding, width, theme))]);
  const blockers = findings.filter(({ needed, state }) => needed && state === "fails").map(({ name }) => name);
  const end = ok
    ? `${paint.green(symbols.done)} a build can run here${executor === null ? "" : `, with its workers in ${executor}`}`
    : `${paint.red(symbols.failed)} no build can run here${blockers.length === 0 ? "" : `: ${blockers.join(", ")}`}`;
  return `${[...blocks, [end]].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** `fettle doctor --json`. */
export function doctorDocument({ ok, executor, findings }: DoctorReport) {
  return { schema: "fettle.doctor/1", ok, executor, findings };
}

function findingLines({ name, state, needed, detail, mend }: DoctorFinding, width: number, theme: Theme): string[] {
  const { paint } = theme;
  const [first = "", ...rest] = wrap(cleanLine(detail), theme.width - width - 6);
  const indent = " ".repeat(width + 6);
  return [
    `  ${symbolOf(state, needed, theme)} ${padEnd(name, width)}  ${first}`,
    ...rest.map((line) => `${indent}${line}`),
    // A command is not wrapped, so that it can be copied.
    ...(mend === null ? [] : [`${indent}${paint.cyan(`mend: ${cleanLine(mend)}`)}`]),
  ];
}

function symbolOf(state: DoctorState, needed: boolean, { paint, symbols }: Theme): string {
  switch (state) {
    case "works":
      return paint.green(symbols.done);
    case "limited":
      return paint.yellow(symbols.undecided);
    case "pending":
    case "absent":
      return paint.dim(symbols.pending);
    case "fails":
      return needed ? paint.red(symbols.failed) : paint.yellow(symbols.failed);
  }
}

import type { Failure } from "../domain/failure.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { failureDetails, failureHeadline } from "./failure-text.ts";
import { formatBytes, formatCount } from "./format.ts";
import { type Column, fitColumns, renderTable } from "./table.ts";
import type { Theme } from "./theme.ts";

/** An image as `fettle images list` tells of it. */
export interface ImageRow {
  readonly name: string;
  readonly state: "made" | "missing" | "stale" | "other" | "unavailable";
  /** `sha256:...` over all it is made from. */
  readonly identity: string | null;
  /** `sha256:...` in the engine's storage. */
  readonly id: string | null;
  /** `registry/name@sha256:...`. */
  readonly pinned: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly base: string | null;
  readonly why: string | null;
}

/** `fettle images list`. */
export function renderImages(engine: string, rows: readonly ImageRow[], theme: Theme): string {
  const { paint } = theme;
  const columns: Column<ImageRow>[] = [
    { title: "toolchain", cell: ({ name }) => name },
    { title: "state", cell: ({ state }) => stateText(state, theme) },
    { title: "identity", cell: ({ identity }) => short(identity, 16) },
    { title: "id", cell: ({ id }) => short(id, 12), drop: 1 },
    { title: "size", cell: ({ size }) => (size === null ? null : formatBytes(size)), align: "right" },
  ];
  const fitted = fitColumns(columns, rows, theme.width).columns;
  const below = ({ pinned, why }: ImageRow) => [
    ...(pinned === null ? [] : [paint.dim(`    ${pinned}`)]),
    ...(why === null ? [] : wrap(cleanLine(why), theme.width - 4).map((line) => `    ${line}`)),
  ];
  const missing = rows.some(({ state }) => state === "missing");
  const end = missing ? ["", paint.dim("`fettle images build` makes what is missing; `pull` and `load` bring it in.")] : [];
  return `${[paint.bold(`images in ${engine}`), ...renderTable(fitted, rows, theme, below), ...end].join("\n")}\n`;
}

/** `fettle images list --json`. */
export function imagesDocument(engine: string, rows: readonly ImageRow[]) {
  return { schema: "fettle.images/1", engine, images: rows };
}

/** What a command did about one image, or could not do. */
export type ImageOutcome = { readonly name: string } & (
  | { readonly done: string; readonly details?: Readonly<Record<string, string | number | null>> }
  /** It was looked at, and is not as it should be. */
  | { readonly problems: readonly string[] }
  | { readonly failure: Failure }
);

/** What `fettle images build|verify|push|pull|save|load` did, a line or a few for each image; a failure of several once. */
export function renderImageOutcomes(outcomes: readonly ImageOutcome[], theme: Theme): string {
  const { paint, symbols } = theme;
  const failed = Map.groupBy(outcomes.filter(isFailed), sameFailure);
  const lines = outcomes.flatMap((outcome) => {
    if ("done" in outcome) return [`${paint.green(symbols.done)} ${paint.bold(outcome.name)} ${cleanLine(outcome.done)}`];
    const head = `${paint.red(symbols.failed)} ${paint.bold(outcome.name)}`;
    if (isFailed(outcome)) {
      const [first, ...others] = failed.get(sameFailure(outcome)) ?? [];
      if (first !== outcome) return [];
      const details = failureDetails(outcome.failure).map(({ label, text }) => `    ${label}: ${text}`);
      const same = others.length === 0 ? [] : [`    the same: ${others.map(({ name }) => name).join(", ")}`];
      return [`${head} ${failureHeadline(outcome.failure)}`, ...same, ...details];
    }
    const count = formatCount(outcome.problems.length, "problem");
    return [`${head} ${count}`, ...outcome.problems.map((problem) => `    ${cleanLine(problem)}`)];
  });
  return `${lines.join("\n")}\n`;
}

type FailedImage = Extract<ImageOutcome, { failure: Failure }>;

function isFailed(outcome: ImageOutcome): outcome is FailedImage {
  return "failure" in outcome;
}

/** Equal for failures of one cause: their messages differ in no more than the image's own name and identity. */
function sameFailure({ name, failure: { reason, message, hint } }: FailedImage): string {
  return JSON.stringify([reason, message.replaceAll(name, "*").replace(/[0-9a-f]{16,}/g, "#"), hint]);
}

/** The same with --json. */
export function imageOutcomesDocument(engine: string, outcomes: readonly ImageOutcome[]) {
  return {
    schema: "fettle.image-outcomes/1",
    ok: outcomes.every((outcome) => "done" in outcome),
    engine,
    images: outcomes.map((outcome) => {
      if (!("done" in outcome)) return { ...outcome, ok: false };
      const { name, done, details } = outcome;
      return { name, ok: true, done, ...details };
    }),
  };
}

function stateText(state: ImageRow["state"], { paint }: Theme): string {
  switch (state) {
    case "made":
      return paint.green(state);
    case "missing":
      return paint.yellow(state);
    case "unavailable":
      return paint.red(state);
    case "stale":
    case "other":
      return paint.dim(state);
  }
}

function short(digest: string | null, length: number): string | null {
  return digest === null ? null : digest.replace(/^sha256:/, "").slice(0, length);
}

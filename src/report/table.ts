import { displayWidth, padEnd, padStart } from "./display-width.ts";
import type { Theme } from "./theme.ts";

export interface Column<Row> {
  readonly title: string;
  /** May be styled; null for nothing. */
  readonly cell: (row: Row) => string | null;
  readonly align?: "left" | "right";
  /** Columns that do not fit go, the highest number first; 0 (the default) is always kept. */
  readonly drop?: number;
}

export interface FittedTable<Row> {
  readonly columns: readonly Column<Row>[];
  /** What did not fit, for a line below each row. */
  readonly dropped: readonly Column<Row>[];
  /** False where not even the kept columns fit. */
  readonly fits: boolean;
}

/** Chooses the columns that fit the width; columns without any content are left out altogether. */
export function fitColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): FittedTable<Row> {
  let kept = columns.filter((column) => rows.some((row) => (column.cell(row) ?? "") !== ""));
  const dropped: Column<Row>[] = [];
  while (tableWidth(kept, rows) > width) {
    const next = kept.reduce<Column<Row> | null>((worst, column) => ((column.drop ?? 0) > (worst?.drop ?? 0) ? column : worst), null);
    if (next === null) return { columns: kept, dropped, fits: false };
    kept = kept.filter((column) => column !== next);
    dropped.unshift(next);
  }
  return { columns: kept, dropped: columns.filter((column) => dropped.includes(column)), fits: true };
}

/** A header and a line per row; `below` adds lines under a row. Nothing is cut: `fitColumns` chose what fits. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { paint }: Theme,
  below: (row: Row) => readonly string[] = () => [],
): string[] {
  const widths = columns.map((column) => columnWidth(column, rows));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (columns[index]?.align === "right" ? padStart(cell, widths[index] ?? 0) : padEnd(cell, widths[index] ?? 0)))
      .join(GAP)
      .trimEnd();
  return [
    paint.dim(line(columns.map((column) => column.title))),
    ...rows.flatMap((row) => [line(columns.map((column) => column.cell(row) ?? "")), ...below(row)]),
  ];
}

const GAP = "  ";

function tableWidth<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number {
  const widths = columns.map((column) => columnWidth(column, rows));
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, columns.length - 1);
}

function columnWidth<Row>(column: Column<Row>, rows: readonly Row[]): number {
  return Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(column.cell(row) ?? "")));
}

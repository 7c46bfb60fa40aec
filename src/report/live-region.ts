import { displayWidth, truncate } from "./display-width.ts";

/** What of a terminal's output stream is used. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

export interface LiveRegion {
  /** Prints lines that stay, above the region, and draws the region anew: one write, and none where nothing changed. */
  draw(above: readonly string[], region: readonly string[]): void;
  /** Prints lines that stay, takes the region away and gives the cursor back. */
  close(above: readonly string[]): void;
  /** Only gives the cursor back: for the moment the process ends. */
  restore(): void;
}

/**
 * A few lines at the foot of the terminal that are drawn again and again, while finished lines scroll away above them.
 * Lines are overwritten in place and only their rest is erased, so that no frame ever shows an empty region. The cursor
 * rests below the region: an echoed `^C` lands there and is gone with the next frame.
 */
export function createLiveRegion(stream: TerminalStream): LiveRegion {
  let drawn: readonly string[] = [];
  let hidden = false;
  const write = (above: readonly string[], region: readonly string[], cursor: string): void => {
    const columns = stream.columns ?? DEFAULT_COLUMNS;
    const body = [...above, ...region].map((line) => line + eraseRest(line, columns)).join("");
    stream.write(`${cursor}${up(rowsOf(drawn, columns))}${body}${ERASE_BELOW}`);
    drawn = region;
  };
  const restore = (): void => {
    if (hidden) stream.write(SHOW_CURSOR);
    hidden = false;
  };
  return {
    draw(above, lines) {
      // The last column stays free: a full row would make the terminal wrap at a moment of its own choosing.
      const region = lines.map((line) => truncate(line, (stream.columns ?? DEFAULT_COLUMNS) - 1));
      if (above.length === 0 && region.length === drawn.length && region.every((line, index) => line === drawn[index])) return;
      write(above, region, hidden ? "" : HIDE_CURSOR);
      hidden = true;
    },
    close(above) {
      if (above.length > 0 || drawn.length > 0) write(above, [], "");
      restore();
    },
    restore,
  };
}

const DEFAULT_COLUMNS = 80;
const ESCAPE = "\u001B[";
const HIDE_CURSOR = `${ESCAPE}?25l`;
const SHOW_CURSOR = `${ESCAPE}?25h`;
const ERASE_LINE_REST = `${ESCAPE}K`;
const ERASE_BELOW = `${ESCAPE}J`;

function up(rows: number): string {
  return rows === 0 ? "\r" : `\r${ESCAPE}${rows}A`;
}

/** A line that ends exactly at the edge leaves the cursor on its last character, which erasing the rest would take away. */
function eraseRest(line: string, columns: number): string {
  const width = displayWidth(line);
  return width > 0 && width % columns === 0 ? "\n" : `${ERASE_LINE_REST}\n`;
}

/** Rows that lines take now: a terminal made narrower since they were drawn has wrapped them. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
}

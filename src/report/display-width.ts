import { stripVTControlCharacters } from "node:util";

/** Columns a terminal gives to a text: escape sequences and combining marks 0, East Asian wide characters and emoji 2. */
export function displayWidth(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (ALL_NARROW.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of SEGMENTER.segment(plain)) width += graphemeWidth(segment);
  return width;
}

/** Cuts a text, styled or not, to a number of columns; a cut is marked by `…` and leaves no style open. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns <= 0) return "";
  let kept = "";
  let width = 0;
  let styled = false;
  for (const part of text.split(STYLE)) {
    if (part.startsWith(ESCAPE)) {
      styled = true;
      kept += part;
      continue;
    }
    for (const { segment } of SEGMENTER.segment(part)) {
      const next = width + graphemeWidth(segment);
      if (next > columns - 1) return `${kept}…${styled ? RESET : ""}`;
      kept += segment;
      width = next;
    }
  }
  return kept;
}

/** Fills a text up to a number of columns with spaces on the right; longer texts stay as they are. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/** As `padEnd`, with the spaces on the left. */
export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - displayWidth(text))) + text;
}

/** Breaks plain text at spaces, though not between a number and its `%`. A word longer than a line (a path, a digest) stays whole, so that it can be copied. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ (?!%)/)) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

const ESCAPE = "\u001B";
const RESET = `${ESCAPE}[0m`;
/** Select-graphic-rendition sequences, kept as parts of their own by `split`. */
const STYLE = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);
/** Texts without anything wide, combined or invisible, which is nearly all: one column for each character. */
const ALL_NARROW = /^[\x20-\x7E\u00A1-\u00AC\u00AE-\u02FF\u2010-\u2026\u2190-\u21FF\u2500-\u257F\u2713-\u2718\u2800-\u28FF]*$/;
const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" });
const INVISIBLE = /^[\p{Control}\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Emoji_Presentation})/v;

/** Blocks with East_Asian_Width W or F (Unicode 16, EastAsianWidth.txt), apart from emoji, which are matched by property. */
const WIDE_BLOCKS: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  if (EMOJI.test(grapheme)) return 2;
  const point = grapheme.codePointAt(0) ?? 0;
  return WIDE_BLOCKS.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
}

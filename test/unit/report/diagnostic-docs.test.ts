import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { DIAGNOSTIC_CODES } from "../../../src/domain/diagnostic-code.ts";
import { FAILURE_REASONS } from "../../../src/domain/failure.ts";
import { TARGET_CODES, VERDICT_CODES } from "../../../src/domain/verdict.ts";

const page = await readFile(new URL("../../../docs/diagnostics.md", import.meta.url), "utf8");

/** The cells of a section's table, a row each. */
function rowsOf(section: string): string[][] {
  const text = page.split(/^## /m).find((part) => part.startsWith(section)) ?? "";
  return [...text.matchAll(/^\| `.*$/gm)].map(([line]) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe.each([
  ["Diagnostics", DIAGNOSTIC_CODES],
  ["Failure reasons", FAILURE_REASONS],
  ["Verdict codes", VERDICT_CODES],
  ["Target codes", TARGET_CODES],
])("%s in docs/diagnostics.md", (section, codes) => {
  test("each code has one row, in the order of the source, and there are no others", () => {
    expect(rowsOf(section).map(([code]) => code)).toEqual(codes.map((code) => `\`${code}\``));
  });

  test("each row says what the code means and how to mend it", () => {
    for (const cells of rowsOf(section)) {
      expect(cells, cells[0]).toHaveLength(4);
      expect(cells[1], cells[0]).toMatch(/\.$/);
      expect(cells[3], cells[0]).toMatch(/\.$/);
    }
  });
});

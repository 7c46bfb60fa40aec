import { expect, test } from "vitest";
import { detectTheme } from "../../../src/report/theme.ts";

const terminal = { isTTY: true, columns: 93 };
const coloured = (stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean => detectTheme(stream, env).paint.red("x") !== "x";

test.each<[string, { isTTY?: boolean }, NodeJS.ProcessEnv, boolean]>([
  ["a terminal", terminal, { TERM: "xterm" }, true],
  ["a pipe", {}, { TERM: "xterm" }, false],
  ["a terminal without abilities", terminal, { TERM: "dumb" }, false],
  ["NO_COLOR", terminal, { NO_COLOR: "1" }, false],
  ["NO_COLOR set to nothing", terminal, { NO_COLOR: "" }, true],
  ["FORCE_COLOR on a pipe", {}, { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR set to nothing", {}, { FORCE_COLOR: "" }, true],
  ["FORCE_COLOR=0", terminal, { FORCE_COLOR: "0" }, false],
  ["FORCE_COLOR against NO_COLOR", {}, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
])("colours with %s", (_, stream, env, expected) => {
  expect(coloured(stream, env)).toBe(expected);
});

test("a terminal is laid out for its width, anything else for 120 columns", () => {
  expect(detectTheme(terminal, {}).width).toBe(93);
  expect(detectTheme({ isTTY: true }, {}).width).toBe(80);
  expect(detectTheme({ isTTY: true, columns: 3 }, {}).width).toBe(20);
  expect(detectTheme({}, {}).width).toBe(120);
});

test("nothing is styled where there is nothing to style", () => {
  expect(detectTheme({}, { FORCE_COLOR: "1" }).paint.dim("")).toBe("");
});

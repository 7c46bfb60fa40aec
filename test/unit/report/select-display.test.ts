import { expect, test } from "vitest";
import { type DisplayWish, selectDisplay } from "../../../src/report/select-display.ts";

const person: DisplayWish = { json: false, quiet: false, verbose: false, stdoutIsTTY: true, stderrIsTTY: true, env: { TERM: "xterm" } };
const pipe: DisplayWish = { ...person, stdoutIsTTY: false, stderrIsTTY: false, env: {} };

const live = { as: "live", to: "stdout" };
const lines = { as: "lines", to: "stdout" };
const aside = { as: "lines", to: "stderr" };

test.each<[string, DisplayWish, { progress: object | null; result: string }]>([
  ["a person at a terminal", person, { progress: live, result: "summary" }],
  ["a person who wants all of it", { ...person, verbose: true }, { progress: lines, result: "summary" }],
  ["a person who wants the end only", { ...person, quiet: true }, { progress: null, result: "summary" }],
  ["a terminal that cannot move its cursor", { ...person, env: { TERM: "dumb" } }, { progress: lines, result: "summary" }],
  ["a CI that pretends to be a terminal", { ...person, env: { TERM: "xterm", CI: "true" } }, { progress: lines, result: "summary" }],
  ["CI set to nothing", { ...person, env: { CI: "" } }, { progress: live, result: "summary" }],
  ["CI set to false", { ...person, env: { CI: "false" } }, { progress: live, result: "summary" }],
  ["a pipe", pipe, { progress: lines, result: "summary" }],
  ["a file, watched from a terminal", { ...pipe, stderrIsTTY: true }, { progress: lines, result: "summary" }],
  ["JSON for a program", { ...pipe, json: true }, { progress: null, result: "document" }],
  ["JSON for a program, and the log wanted", { ...pipe, json: true, verbose: true }, { progress: aside, result: "document" }],
  ["JSON into a file, watched from a terminal", { ...pipe, json: true, stderrIsTTY: true }, { progress: aside, result: "document" }],
  ["JSON, watched, but quiet", { ...person, json: true, quiet: true }, { progress: null, result: "document" }],
])("%s", (_, wish, display) => {
  expect(selectDisplay(wish)).toEqual(display);
});

import { expect, test } from "vitest";
import type { Diagnostic } from "../../../src/domain/diagnostic.ts";
import { sarifText } from "../../../src/report/sarif.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import * as rejected from "../../fixtures/report/rejected-outputs.ts";

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly invocations: readonly { readonly executionSuccessful: boolean; readonly toolExecutionNotifications: readonly unknown[] }[];
  readonly results: readonly {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly level: string;
    readonly message: { text: string };
    readonly locations: readonly unknown[];
  }[];
}

function runOf(text: string): Run {
  const [run] = (JSON.parse(text) as { runs: Run[] }).runs;
  if (run === undefined) throw new Error("no run");
  return run;
}

const EMPTY = { version: "0.1.0", diagnostics: [], reports: [], place: () => null };
const source = { path: "my recipes/a#b.yaml", text: "recipe: 1\nnam: x\ntargets:\n  cpu-x64: {}\n" };
const diagnostic: Diagnostic = {
  code: "unknown-key",
  severity: "error",
  message: "no key `nam`",
  at: { source, span: { start: 10, end: 13 } },
  hint: "did you mean `name`?",
  related: [{ message: "the first", source, span: { start: 0, end: 6 } }],
};

test("a diagnostic is a result at its place, with its hint, in a file named as a URI", () => {
  const run = runOf(
    sarifText({ ...EMPTY, diagnostics: [diagnostic, { code: "recipe-not-found", severity: "warning", message: "no file" }] }),
  );
  expect(run.results[0]).toMatchObject({
    ruleId: "unknown-key",
    level: "error",
    message: { text: "no key `nam`\nHint: did you mean `name`?" },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: "my%20recipes/a%23b.yaml", uriBaseId: "%SRCROOT%" },
          region: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 4 },
        },
      },
    ],
    relatedLocations: [{ message: { text: "the first" } }],
  });
  expect(run.results[1]).toMatchObject({ ruleId: "recipe-not-found", level: "warning", locations: [] });
  for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
});

test("a file outside of the working folder is named by its whole path", () => {
  const run = runOf(
    sarifText({
      ...EMPTY,
      diagnostics: [{ ...diagnostic, at: { source: { ...source, path: "/etc/a b.yaml" }, span: { start: 0, end: 1 } } }],
    }),
  );
  expect(run.results[0]?.locations).toMatchObject([{ physicalLocation: { artifactLocation: { uri: "file:///etc/a%20b.yaml" } } }]);
});

test("a target without an artifact is a result at its key, with what became of its candidates; one with an artifact is none", () => {
  const place = () => ({ source, span: { start: 28, end: 35 } });
  const run = runOf(sarifText({ ...EMPTY, reports: [accepted.report, rejected.report], place }));
  const bad = rejected.report.targets.filter(({ status }) => status !== "accepted");
  expect(run.results.map(({ ruleId }) => ruleId)).toEqual(bad.map(({ reason }) => reason?.code));
  expect(run.results[0]?.locations).toMatchObject([{ physicalLocation: { region: { startLine: 4, startColumn: 3, endColumn: 10 } } }]);
  expect(run.results[0]?.message.text).toContain(bad[0]?.candidates[0]?.reason.code);
});

test("failures without a place are notifications, and the run was none", () => {
  const run = runOf(
    sarifText({ ...EMPTY, failures: [{ reason: "read-only", message: "The store cannot be written.", hint: "Choose another." }] }),
  );
  expect(run.results).toEqual([]);
  expect(run.invocations).toEqual([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: "error", descriptor: { id: "read-only" }, message: { text: "The store cannot be written.\nhint: Choose another." } },
      ],
    },
  ]);
});

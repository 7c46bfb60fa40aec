import { expect, test } from "vitest";
import { renderReportJson } from "../../../src/report/json.ts";
import { reportJsonSchema, runReportSchema } from "../../../src/report/report-schema.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import * as interrupted from "../../fixtures/report/interrupted.ts";
import * as failures from "../../fixtures/report/mixed-failures.ts";
import * as rejected from "../../fixtures/report/rejected-outputs.ts";

test.each(Object.entries({ accepted, interrupted, failures, rejected }))(
  "the %s report goes through JSON and its schema unchanged",
  (_, { report }) => {
    const text = renderReportJson(report);
    expect(text.endsWith("}\n")).toBe(true);
    expect(runReportSchema.parse(JSON.parse(text))).toEqual(report);
  },
);

test.each([
  ["another schema", { schema: "fettle.report/2" }],
  ["an unknown status", { status: "fine" }],
  ["half a step", { steps: { total: 1.5, executed: 0, cached: 0, failed: 0, skipped: 0 } }],
  ["a failure of no known class", { failures: [{ step: "fetch", reason: "bad luck", message: "" }] }],
  ["no targets", { targets: undefined }],
])("the schema refuses %s", (_, change) => {
  expect(runReportSchema.safeParse({ ...accepted.report, ...change }).success).toBe(false);
});

test("the JSON Schema names every member of the document and demands it", () => {
  const schema = reportJsonSchema();
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Fettle run report",
    type: "object",
    additionalProperties: false,
    properties: { schema: { const: "fettle.report/1" } },
  });
  expect(schema.required).toEqual(Object.keys(accepted.report));
});

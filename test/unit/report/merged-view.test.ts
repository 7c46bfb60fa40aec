import { expect, test } from "vitest";
import { MERGED_SCHEMA, type MergedReport } from "../../../src/domain/merged-report.ts";
import { mergedReportJsonSchema, mergedReportSchema } from "../../../src/report/merged-schema.ts";
import { renderMerged } from "../../../src/report/merged-view.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import { plain } from "../../fixtures/report/themes.ts";

const merged: MergedReport = {
  schema: MERGED_SCHEMA,
  status: "refused",
  seconds: 81.24,
  recipes: [accepted.report],
  jobs: [
    { report: "jobs/a/report.json", status: "ok", recipe: "ocr-recogniser", targets: ["cpu-x64-native"], seconds: 81.24, message: null },
    { report: "jobs/b/report.json", status: "refused", recipe: null, targets: [], seconds: 0, message: "the lock\u001B[31m differs" },
  ],
  notes: ["Nothing said which jobs there should have been."],
};

test("for people: each recipe under its name, then the jobs without a report, notes and the verdict", () => {
  const text = renderMerged(merged, plain());
  expect(text).toMatch(/^\nocr-recogniser {2}recipes\/ocr-recogniser\.yaml\n\ncpu-x64-native {2}✔ accepted/);
  expect(text.slice(text.indexOf("✖ jobs"))).toMatchInlineSnapshot(`
    "✖ jobs/b/report.json refused
        the lock differs
    › Nothing said which jobs there should have been.
    refused: 2 of 2 targets accepted, from 2 jobs that took 1 min 21 s together
    "
  `);
});

test("the document follows its schema, which has each of its members", () => {
  expect(mergedReportSchema.parse(JSON.parse(JSON.stringify(merged)))).toEqual(merged);
  expect(mergedReportSchema.safeParse({ ...merged, status: "fine" }).success).toBe(false);
  expect(mergedReportJsonSchema()).toMatchObject({ title: "Fettle merged reports", required: Object.keys(merged) });
});

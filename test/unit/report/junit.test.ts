import { expect, test } from "vitest";
import type { RunReport } from "../../../src/domain/report.ts";
import { junitOfRefusal, junitOfReports } from "../../../src/report/junit.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import * as failures from "../../fixtures/report/mixed-failures.ts";
import * as rejected from "../../fixtures/report/rejected-outputs.ts";

/** The cases of a suite with what became of each. */
function casesOf(text: string, suite: string): Record<string, string> {
  const [, body = ""] = new RegExp(`<testsuite name="${suite}"[^>]*>(.*?)</testsuite>`, "s").exec(text) ?? [];
  const cases = [...body.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>\s*<(\w+) type="([^"]*)")/g)];
  return Object.fromEntries(cases.map(([, name, outcome, type]) => [name, outcome === undefined ? "passed" : `${outcome} ${type}`]));
}

test("an accepted target: each candidate and the verdict passed, with the time each took", () => {
  const [first, ...others] = accepted.report.targets;
  if (first === undefined) throw new Error("the fixture has targets");
  const report: RunReport = { ...accepted.report, targets: [{ ...first, seconds: { "tvm/float32": 1234.5678 } }, ...others] };
  const text = junitOfReports([report]);
  expect(casesOf(text, "ocr-recogniser/cpu-x64-native")).toEqual({
    "onnxruntime/float32": "passed",
    "openvino/bfloat16": "passed",
    "tvm/float32": "passed",
    "cpu-x64-native verdict": "passed",
  });
  expect(text).toContain(`<testcase name="tvm/float32" classname="ocr-recogniser.cpu-x64-native" time="1234.568"/>`);
  expect(text).toContain(`<property name="winner" value="openvino/bfloat16"/>`);
  expect(text).toContain(`<testsuites name="fettle" tests="6" failures="0" errors="0" time="1234.568">`);
});

test("a target with a winner has no failing case: what lost is skipped, with its reason", () => {
  const text = junitOfReports([failures.report]);
  const [target] = failures.report.targets;
  expect(target?.status).toBe("accepted");
  const cases = casesOf(text, `voice/${target?.target}`);
  expect(cases["openvino/bfloat16"]).toBe("skipped crashed");
  expect(cases["tvm/float32"]).toBe("skipped unsupported-operator");
  expect(cases[`${target?.target} verdict`]).toBe("passed");
  // The vendor's words, without what would colour a terminal.
  expect(text).toContain("tool said: terminate called after throwing an instance of 'std::bad_variant_access'");
});

test("a rejected target fails, and so does what was rejected in it", () => {
  const text = junitOfReports([rejected.report]);
  const target = rejected.report.targets.find(({ status }) => status === "rejected");
  const cases = casesOf(text, `${rejected.report.recipe}/${target?.target}`);
  expect(cases[`${target?.target} verdict`]).toBe(`failure ${target?.reason?.code}`);
  const lost = target?.candidates.find(({ verdict }) => verdict === "rejected");
  expect(cases[lost?.id ?? ""]).toBe(`failure ${lost?.reason.code}`);
});

test("failures that belong to no candidate are cases of their own", () => {
  const failure = { step: "fetch model", reason: "fetch-failed", message: "The index does not answer." } as const;
  const text = junitOfReports([{ ...accepted.report, failures: [failure] }]);
  expect(casesOf(text, "ocr-recogniser/steps")).toEqual({ "fetch model": "error fetch-failed" });
});

test("the sums of every suite are those of its cases, and of the whole those of its suites", () => {
  const text = junitOfReports([accepted.report, failures.report, rejected.report]);
  const suites = [...text.matchAll(/<testsuite name="[^"]*" tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/g)];
  const sum = (index: number) => suites.reduce((total, match) => total + Number(match[index]), 0);
  expect(text).toContain(`tests="${sum(1)}" failures="${sum(2)}" errors="${sum(3)}" time=`);
  expect(sum(1)).toBe(text.match(/<testcase /g)?.length);
  expect([sum(2), sum(3), sum(4)]).toEqual(
    ["failure", "error", "skipped"].map((name) => text.match(new RegExp(`<${name} `, "g"))?.length ?? 0),
  );
});

test("a refused build: a case for each fault, at its place", () => {
  const source = { path: "a.yaml", text: "recipe: 1\nnam: x\n" };
  const diagnostic = {
    code: "unknown-key",
    severity: "error",
    message: "no key `nam`",
    at: { source, span: { start: 10, end: 13 } },
    hint: "did you mean `name`?",
  } as const;
  const text = junitOfRefusal("a.yaml", { diagnostics: [diagnostic, { ...diagnostic, severity: "warning" }] });
  expect(casesOf(text, "a.yaml")).toEqual({ "unknown-key at a.yaml:2:1": "error unknown-key" });
  expect(text).toContain("hint: did you mean `name`?");
  const failed = junitOfRefusal("a.yaml", { failure: { reason: "read-only", message: "no" } });
  expect(casesOf(failed, "a.yaml")).toEqual({ build: "error read-only" });
});

import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Failure } from "../domain/failure.ts";
import { type CandidateReport, isExcused, type RunReport, type TargetReport } from "../domain/report.ts";
import { positionAt } from "./code-frame.ts";
import { failureDetails } from "./failure-text.ts";
import { type XmlElement, xmlText } from "./xml.ts";

/**
 * Reports as JUnit XML, in the form Jenkins' schema describes: a suite for each recipe and target, with a case for each candidate and one for
 * the target's verdict. A case fails only where the target did: a candidate that lost in a target that has a winner is skipped, since it is
 * no fault of the build, and its reason is told there. So is an optional target that is unavailable.
 */
export function junitOfReports(reports: readonly RunReport[]): string {
  return suitesText(reports.flatMap((report) => [...report.targets.map((target) => targetSuite(report, target)), ...stepSuite(report)]));
}

/** A build that was refused, as JUnit XML: a case for each fault. */
export function junitOfRefusal(recipe: string, refusal: { diagnostics: readonly Diagnostic[] } | { failure: Failure }): string {
  if ("failure" in refusal) return suitesText([{ name: recipe, seconds: 0, cases: [failureCase(recipe, "build", refusal.failure)] }]);
  const errors = refusal.diagnostics.filter(({ severity }) => severity === "error");
  return suitesText([{ name: recipe, seconds: 0, cases: errors.map((each) => diagnosticCase(recipe, each)) }]);
}

interface Suite {
  readonly name: string;
  readonly seconds: number;
  readonly cases: readonly Case[];
  readonly properties?: Readonly<Record<string, string>>;
}

interface Case {
  readonly name: string;
  readonly suite: string;
  readonly seconds: number;
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  readonly code: string;
  readonly message: string;
  readonly details: string;
}

function targetSuite(report: RunReport, target: TargetReport): Suite {
  const name = `${report.recipe}/${target.target}`;
  const cases = [...target.candidates.map((each) => candidateCase(name, target, each)), verdictCase(name, target)];
  const { fettle, digest } = report.source;
  const winner = target.winner === null ? {} : { winner: target.winner.candidate, artifact: target.winner.digest };
  const properties = { fettle, recipe: digest, required: target.required, ...(target.proof && { proof: target.proof }), ...winner };
  return { name, properties, cases, seconds: cases.reduce((sum, { seconds }) => sum + seconds, 0) };
}

function candidateCase(suite: string, target: TargetReport, candidate: CandidateReport): Case {
  const { id, verdict, reason, failure } = candidate;
  const bad = verdict === "failed" ? "error" : "failure";
  const isHarmless = target.status === "accepted" || isExcused(target);
  const outcome = verdict === "accepted" ? "passed" : isHarmless ? "skipped" : bad;
  const message = outcome === "skipped" ? `${verdict}: ${reason.message}` : reason.message;
  const details = failure === null ? faultLines(candidate) : detailLines(failure);
  return { name: id, suite, seconds: target.seconds[id] ?? 0, outcome, code: reason.code, message, details };
}

function verdictCase(suite: string, target: TargetReport): Case {
  const { status, reason, notes } = target;
  const bad = status === "rejected" ? "failure" : "error";
  const outcome = status === "accepted" ? "passed" : isExcused(target) ? "skipped" : bad;
  const told = reason?.message ?? status;
  const message = outcome === "skipped" ? `${status}, and optional: ${told}` : told;
  return { name: `${target.target} verdict`, suite, seconds: 0, outcome, code: reason?.code ?? status, message, details: notes.join("\n") };
}

/** Failures of steps that all candidates share: each is the cause of many candidates' failures. */
function stepSuite({ recipe, failures }: RunReport): Suite[] {
  if (failures.length === 0) return [];
  const name = `${recipe}/steps`;
  return [{ name, seconds: 0, cases: failures.map((failure) => failureCase(name, failure.step, failure)) }];
}

function failureCase(suite: string, name: string, failure: Failure): Case {
  const { reason, message } = failure;
  return { name, suite, seconds: 0, outcome: "error", code: reason, message, details: detailLines(failure) };
}

function diagnosticCase(suite: string, { code, message, at, expected, hint }: Diagnostic): Case {
  const place = at === undefined ? null : positionAt(at.source.text, at.span.start);
  const name = at === undefined || place === null ? code : `${code} at ${at.source.path}:${place.line}:${place.column}`;
  const details = [expected === undefined ? [] : [`expected: ${expected}`], hint === undefined ? [] : [`hint: ${hint}`]].flat().join("\n");
  return { name, suite, seconds: 0, outcome: "error", code, message, details };
}

function detailLines(failure: Failure): string {
  return failureDetails(failure)
    .map(({ label, text }) => `${label}: ${text}`)
    .join("\n");
}

function faultLines({ agreement }: CandidateReport): string {
  return (agreement?.outputs ?? []).flatMap(({ name, fault }) => (fault === null ? [] : [`${name}: ${fault}`])).join("\n");
}

function suitesText(suites: readonly Suite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const seconds = suites.reduce((sum, suite) => sum + suite.seconds, 0);
  const { tests, failures, errors } = counts(all);
  return xmlText({
    name: "testsuites",
    attributes: { name: "fettle", tests, failures, errors, time: time(seconds) },
    children: suites.map(suiteElement),
  });
}

function suiteElement({ name, seconds, cases, properties = {} }: Suite): XmlElement {
  const listed = Object.entries(properties).map(([key, value]) => ({ name: "property", attributes: { name: key, value } }));
  return {
    name: "testsuite",
    attributes: { name, ...counts(cases), time: time(seconds) },
    children: [listed.length === 0 ? null : { name: "properties", children: listed }, ...cases.map(caseElement)],
  };
}

function caseElement({ name, suite, seconds, outcome, code, message, details }: Case): XmlElement {
  const attributes = { name, classname: suite.replaceAll("/", "."), time: time(seconds) };
  if (outcome === "passed") return { name: "testcase", attributes };
  const text = [outcome === "skipped" ? message : `${code}: ${message}`, details].filter((part) => part !== "").join("\n");
  return { name: "testcase", attributes, children: [{ name: outcome, attributes: { type: code, message }, text }] };
}

function counts(cases: readonly Case[]) {
  const count = (outcome: Case["outcome"]) => cases.filter((each) => each.outcome === outcome).length;
  return { tests: cases.length, failures: count("failure"), errors: count("error"), skipped: count("skipped") };
}

function time(seconds: number): string {
  return seconds.toFixed(3);
}

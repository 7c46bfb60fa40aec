// Adds up the results that test runners left in a folder (vitest's JSON, pytest's JUnit XML): what failed, each with the first lines
// of its reason, then one line of sums. Fails when a test failed, and when there were none.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const REASON_LINES = 12;

const folder = process.argv[2];
const results = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), "utf8");
  return name.endsWith(".json") ? readVitest(JSON.parse(text)) : readJunit(text);
});
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
for (const { name, reason } of results.flatMap(({ failures }) => failures)) {
  console.log(`FAILED ${name}`);
  const lines = reason.split("\n").filter((line) => !/^\s+at .*(node_modules|new Promise)/.test(line));
  for (const line of lines.slice(0, REASON_LINES)) console.log(`  ${line}`);
}
const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function readVitest({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  // A file that could not be loaded has no tests, and is a failure all the same.
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const failures = testResults.flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => ({ name: `${file.name}: ${fullName}`, reason: failureMessages.join("\n") })),
  );
  for (const { name, message } of broken) failures.push({ name, reason: message });
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests, failures };
}

function readJunit(text) {
  const total = (attribute) =>
    [...text.matchAll(new RegExp(`<testsuite [^>]*\\b${attribute}="(\\d+)"`, "g"))].reduce((all, [, n]) => all + Number(n), 0);
  const [failed, skipped] = [total("failures") + total("errors"), total("skipped")];
  const failures = [...text.matchAll(/<testcase ([^>]*)><(?:failure|error) message="([^"]*)"/g)].map(([, attributes, reason]) => ({
    name: ["classname", "name"].map((key) => plainText(new RegExp(`\\b${key}="([^"]*)"`).exec(attributes)?.[1] ?? "")).join(": "),
    reason: plainText(reason),
  }));
  return { passed: total("tests") - failed - skipped, failed, skipped, failures };
}

function plainText(xml) {
  const characters = { "#10": "\n", quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" };
  return xml.replace(/&(#10|quot|apos|lt|gt|amp);/g, (_, name) => characters[name]);
}

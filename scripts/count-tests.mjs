// Adds up the results that test runners left in a folder (vitest's JSON, pytest's JUnit XML) and prints one line. Fails when a
// test failed, and when there were none.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), "utf8");
  const counts = name.endsWith(".json") ? countVitest(JSON.parse(text)) : countJunit(text);
  for (const key of Object.keys(total)) total[key] += counts[key];
}
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function countVitest({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  // A file that could not be loaded has no tests, and is a failure all the same.
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  return { passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests };
}

function countJunit(text) {
  const sum = (attribute) =>
    [...text.matchAll(new RegExp(`<testsuite [^>]*\\b${attribute}="(\\d+)"`, "g"))].reduce((all, [, n]) => all + Number(n), 0);
  const [failed, skipped] = [sum("failures") + sum("errors"), sum("skipped")];
  return { passed: sum("tests") - failed - skipped, failed, skipped };
}

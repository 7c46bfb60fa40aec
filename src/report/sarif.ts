import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, SourceText, Span } from "../domain/diagnostic.ts";
import { digestBytes, digestHex } from "../domain/digest.ts";
import type { Failure } from "../domain/failure.ts";
import type { JsonObject } from "../domain/json.ts";
import { isExcused, type RunReport, type TargetReport } from "../domain/report.ts";
import { positionAt } from "./code-frame.ts";
import { failureDetails } from "./failure-text.ts";
import { jsonText } from "./json.ts";

/** Where something stands in a text. */
export interface SarifPlace {
  readonly source: SourceText;
  readonly span: Span;
}

export interface SarifInputs {
  /** Version of Fettle. */
  readonly version: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly reports: readonly RunReport[];
  /** What kept a build from beginning, and belongs to no place. */
  readonly failures?: readonly Failure[];
  /** Where a report's recipe names a target; null where that is not known. */
  place(report: RunReport, target: string): SarifPlace | null;
}

/**
 * SARIF 2.1.0 (OASIS), as code scanning reads it: a result for each diagnostic, and for each target without an accepted artifact, at its key
 * in the recipe: an error, or for an optional one that is unavailable a warning. Failures of steps that have no place in a text are notifications of the run.
 */
export function sarifText(inputs: SarifInputs): string {
  const results = [...inputs.diagnostics.map(diagnosticResult), ...inputs.reports.flatMap((report) => reportResults(report, inputs))];
  const failures = [...(inputs.failures ?? []), ...inputs.reports.flatMap((report) => report.failures)];
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  return jsonText({
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "fettle", semanticVersion: inputs.version, rules: rules.map(ruleJson) } },
        invocations: [{ executionSuccessful: failures.length === 0, toolExecutionNotifications: failures.map(notification) }],
        columnKind: "utf16CodeUnits",
        results: results.map((result) => ({ ...result, ruleIndex: rules.indexOf(result.ruleId) })),
      },
    ],
  });
}

type Result = JsonObject & { readonly ruleId: string };

function diagnosticResult({ code, severity, message, at, expected, hint, related = [] }: Diagnostic): Result {
  const text = [message, ...(expected === undefined ? [] : [`Expected: ${expected}`]), ...(hint === undefined ? [] : [`Hint: ${hint}`])];
  return {
    ruleId: code,
    level: severity,
    message: { text: text.join("\n") },
    locations: at === undefined ? [] : [location(at)],
    ...(related.length > 0 && { relatedLocations: related.map((other) => ({ ...location(other), message: { text: other.message } })) }),
    partialFingerprints: fingerprint([code, at?.source.path ?? "", message]),
  };
}

function reportResults(report: RunReport, { place }: SarifInputs): Result[] {
  return report.targets.flatMap((target) => {
    if (target.status === "accepted") return [];
    const at = place(report, target.target);
    const code = target.reason?.code ?? target.status;
    return [
      {
        ruleId: code,
        level: isExcused(target) ? "warning" : "error",
        message: { text: targetText(report, target) },
        locations: at === null ? [] : [location(at)],
        partialFingerprints: fingerprint([code, report.recipe, target.target]),
      },
    ];
  });
}

function targetText({ recipe }: RunReport, { target, status, reason, candidates }: TargetReport): string {
  const lines = candidates
    .filter(({ verdict }) => verdict !== "accepted")
    .map(({ id, verdict, reason: { code, message } }) => `${id} ${verdict}: ${code}: ${message}`);
  return [`${recipe} for ${target} is ${status}${reason === null ? "" : `: ${reason.code}: ${reason.message}`}`, ...lines].join("\n");
}

function ruleJson(id: string): JsonObject {
  return {
    id,
    shortDescription: { text: id.replaceAll("-", " ") },
    help: { text: `The row of \`${id}\` in docs/diagnostics.md says what it means and how to mend it.` },
  };
}

function notification(failure: Failure): JsonObject {
  const details = failureDetails(failure).map(({ label, text }) => `${label}: ${text}`);
  return { level: "error", descriptor: { id: failure.reason }, message: { text: [failure.message, ...details].join("\n") } };
}

/** Lines and columns count from 1; the end is the character after the last, as in a span. */
function location({ source, span }: SarifPlace): JsonObject {
  const start = positionAt(source.text, span.start);
  const end = positionAt(source.text, span.end);
  const region = { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
  return { physicalLocation: { artifactLocation: artifactLocation(source.path), region } };
}

function artifactLocation(path: string): JsonObject {
  if (isAbsolute(path)) return { uri: pathToFileURL(path).href };
  return { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

/** The same finding on another line, after a change above it, is the same finding. */
function fingerprint(parts: readonly string[]): JsonObject {
  return { "fettle/v1": digestHex(digestBytes(parts.join("\0"))).slice(0, 32) };
}

import { type Document, parseDocument as parseYaml, type YAMLError } from "yaml";
import type { Diagnostic, SourceText } from "../../domain/diagnostic.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { checkAliases } from "./check-aliases.ts";
import { taggedNodes } from "./check-tags.ts";
import { takeDuplicateKeys } from "./take-duplicate-keys.ts";
import { type YamlDocument, yamlDocument } from "./yaml-document.ts";

/** What a text gave: a document, and the faults that do not keep the rest of it from being checked (duplicate keys). */
export interface ParsedDocument {
  readonly document: YamlDocument;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * YAML 1.2 (core schema) into a document. Errors: `yaml-syntax` for each syntax fault, `yaml-alias-limit` for a text whose
 * aliases expand beyond reason; after either, nothing else can be said about the text.
 */
export function parseDocument(source: SourceText): Result<ParsedDocument, readonly Diagnostic[]> {
  const parsed = parse(source.text);
  if (!parsed.ok) return err([syntaxFault(source, parsed.error, [0, 0])]);
  const document = parsed.value;
  const problems: readonly YAMLError[] = [...document.errors, ...document.warnings];
  // Where the composer gave up depends on the stack it had; that there is no end to the nesting does not.
  if (problems.some(({ code }) => code === "RESOURCE_EXHAUSTION")) return err([syntaxFault(source, TOO_DEEP, [0, 0])]);
  if (problems.length > 0) return err(causes(problems).map((problem) => syntaxFault(source, wording(problem), problem.pos)));
  const tagged = taggedNodes(document);
  if (tagged.length > 0) return err(tagged.map(({ range }) => syntaxFault(source, NO_TAGS, [range?.[0] ?? 0, range?.[1] ?? 0])));
  const aliasFaults = checkAliases(source, document);
  if (aliasFaults.length > 0) return err(aliasFaults);
  const diagnostics = takeDuplicateKeys(source, document);
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  return ok({ document: yamlDocument(source, document, value), diagnostics });
}

const NO_TAGS = "tags are not used here";
const TOO_DEEP = "maps and lists are nested too deeply";

// Duplicate keys are looked for separately, so that both places can be shown and checking can go on.
// A log level of `silent` would also keep back that there is a second document.
function parse(text: string): Result<Document, string> {
  try {
    return ok(parseYaml(text, { prettyErrors: false, uniqueKeys: false, stringKeys: true, resolveKnownTags: false, logLevel: "error" }));
  } catch (error) {
    // Nesting without end overflows the composer's stack.
    if (error instanceof RangeError) return err(TOO_DEEP);
    throw error;
  }
}

function syntaxFault(source: SourceText, message: string, [start, end]: readonly [number, number]): Diagnostic {
  const limit = source.text.length;
  return {
    code: "yaml-syntax",
    severity: "error",
    message,
    at: { source, span: { start: Math.min(start, limit), end: Math.min(Math.max(end, start + 1), limit) } },
  };
}

// What follows from a fault at the same place would be noise.
function causes(problems: readonly YAMLError[]): readonly YAMLError[] {
  return problems.filter(({ pos }, index) => problems.findIndex((other) => other.pos[0] === pos[0]) === index);
}

function wording(problem: YAMLError): string {
  const unclosed = /^Flow (map|sequence) .* end with a (.)/.exec(problem.message);
  if (unclosed !== null) return `a ${unclosed[1] === "map" ? "map" : "list"} before this is not closed with \`${unclosed[2]}\``;
  switch (problem.code) {
    case "MULTIPLE_DOCS":
      return "the file holds more than one YAML document; only one is read";
    case "TAB_AS_INDENT":
      return "tabs cannot indent YAML; use spaces";
    case "NON_STRING_KEY":
      return "keys must be plain text";
    case "TAG_RESOLVE_FAILED":
      return NO_TAGS;
    default:
      return problem.message.charAt(0).toLowerCase() + problem.message.slice(1);
  }
}

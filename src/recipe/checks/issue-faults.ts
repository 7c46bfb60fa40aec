import type { z } from "zod";
import { type Fault, pathText, type YamlPath } from "../fault.ts";
import type { CheckFault } from "../schema/fault-check.ts";
import { listed } from "../schema/fault-check.ts";
import { describedAs, homesOf, knownKeys } from "../schema/known-keys.ts";
import { didYouMean, suggest } from "../suggest.ts";

type Issue = z.core.$ZodIssue;

/** What the issues of one value are seen against. */
export interface IssueView {
  readonly schema: z.ZodType;
  readonly value: unknown;
  /** What the value itself is called: `the recipe`. */
  readonly root: string;
}

/** zod's issues as faults in plain words: one for each cause, an unknown key and the missing key it was meant for being one. */
export function issueFaults(view: IssueView, issues: readonly Issue[]): Fault[] {
  const faults = issues.flatMap((issue) => issueFault(view, issue));
  const meant = new Set(faults.filter(({ code }) => code === "unknown-key").map((fault) => meantKey(view, fault)));
  return faults.filter(({ code, path }) => code !== "missing-key" || !meant.has(JSON.stringify(path)));
}

function meantKey({ schema }: IssueView, fault: Fault): string {
  const parent = fault.path.slice(0, -1);
  const key = String(fault.path.at(-1));
  return JSON.stringify([...parent, suggest(key, knownKeys(schema, parent)) ?? ""]);
}

function issueFault(view: IssueView, issue: Issue): Fault[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  const at = { path, name: pathText(path, view.root), value: valueAt(view.value, path) };
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(view, path, key));
    case "invalid_union":
      return unionFaults(view, issue, at);
    case "custom":
      return [customFault(issue, path)];
    default:
      return [at.value === undefined && path.length > 0 ? missingKey(view, path) : plainFault(view, issue, at)];
  }
}

interface Place {
  readonly path: YamlPath;
  readonly name: string;
  readonly value: unknown;
}

function unknownKey({ schema, root }: IssueView, parent: YamlPath, key: string): Fault {
  const known = knownKeys(schema, parent);
  const near = didYouMean(key, known);
  const homes = near.hint === undefined ? homesOf(schema, key) : [];
  return {
    code: "unknown-key",
    path: [...parent, key],
    on: "key",
    message: `${pathText(parent, root)} has no key \`${key}\``,
    ...(known.length > 0 && { expected: `one of ${listed(known)}` }),
    ...near,
    ...(homes.length > 0 && { hint: `\`${key}\` belongs under ${listed(homes)}` }),
  };
}

function missingKey({ schema, root }: IssueView, path: YamlPath): Fault {
  const described = describedAs(schema, path);
  return {
    code: "missing-key",
    path,
    on: "key",
    message: `${pathText(path.slice(0, -1), root)} needs the key \`${path.at(-1)}\``,
    ...(described !== null && { expected: described }),
  };
}

// A check of our own says itself what is wrong.
function customFault(issue: Issue & { code: "custom" }, path: YamlPath): Fault {
  const fault = issue.params?.fault as CheckFault | undefined;
  if (fault === undefined) return { code: "invalid-value", path, message: issue.message };
  const { key: _key, ...said } = fault;
  return { ...said, path };
}

function plainFault({ root, schema }: IssueView, issue: Issue, { path, name, value }: Place): Fault {
  const subject = path.length === 0 ? root : name;
  switch (issue.code) {
    case "invalid_type":
      return {
        code: "wrong-type",
        path,
        message: `${subject} is ${kindOf(value)}`,
        expected: KINDS[issue.expected] ?? issue.expected,
        ...quotesHint(issue.expected, value),
      };
    case "invalid_value": {
      const values = issue.values.map(String);
      return {
        code: "invalid-value",
        path,
        message: `${subject} cannot be \`${shown(value)}\``,
        expected: values.length === 1 ? listed(values) : `one of ${listed(values)}`,
        ...(typeof value === "string" && didYouMean(value, values)),
      };
    }
    case "too_small":
      return { code: "invalid-value", path, message: `${subject} is too small`, expected: bound(issue, "at least", issue.minimum) };
    case "too_big":
      return { code: "invalid-value", path, message: `${subject} is too large`, expected: bound(issue, "at most", issue.maximum) };
    default: {
      const described = describedAs(schema, path);
      return { code: "invalid-value", path, message: `${subject} cannot be \`${shown(value)}\``, expected: described ?? issue.message };
    }
  }
}

function quotesHint(expected: string, value: unknown): { readonly hint?: string } {
  if (expected === "string" && typeof value === "number") return { hint: `put it in quotes: \`"${value}"\`` };
  const isNumber = (expected === "number" || expected === "int") && typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value);
  return isNumber ? { hint: "leave the quotes out" } : {};
}

function bound(issue: { origin: string; inclusive?: boolean | undefined }, word: string, limit: number | bigint): string {
  switch (issue.origin) {
    case "string":
      return limit === 1 ? "some text" : `${word} ${limit} characters`;
    case "array":
      return `${word} ${limit} ${Number(limit) === 1 ? "entry" : "entries"}`;
    default:
      return issue.inclusive === false ? `a number ${word === "at least" ? "above" : "below"} ${limit}` : `${word} ${limit}`;
  }
}

/** Of a union, the faults of the branch that the value was meant for: the one whose kind it has. */
function unionFaults(view: IssueView, issue: Issue & { code: "invalid_union" }, { path, name, value }: Place): Fault[] {
  if (value === undefined) return [missingKey(view, path)];
  const meant = issue.errors.filter(
    (branch) => !branch.some(({ path: at, code }) => at.length === 0 && (code === "invalid_type" || code === "invalid_value")),
  );
  const branch = meant.length === 1 ? meant[0] : undefined;
  if (branch !== undefined) return branch.flatMap((inner) => issueFault(view, { ...inner, path: [...issue.path, ...inner.path] }));
  const wanted = issue.errors.flatMap((inner) => inner.slice(0, 1).map(wantedBy));
  const choices = issue.errors.flatMap((inner) => (inner[0]?.code === "invalid_value" ? inner[0].values.map(String) : []));
  const near = typeof value === "string" ? didYouMean(value, choices) : {};
  const quotes = issue.errors.flatMap((inner) => (inner[0]?.code === "invalid_type" ? [quotesHint(inner[0].expected, value)] : []));
  const isText = typeof value === "string" && choices.length === 0;
  const message = typeof value === "string" && !isText ? `${name} cannot be \`${value}\`` : `${name} is ${kindOf(value)}`;
  return [
    {
      code: typeof value === "string" && !isText ? "invalid-value" : "wrong-type",
      path,
      message,
      expected: [...new Set(wanted)].join(", or "),
      ...near,
      ...Object.assign({}, ...quotes),
    },
  ];
}

function wantedBy(issue: Issue): string {
  if (issue.code === "invalid_value") return listed(issue.values.map(String));
  return issue.code === "invalid_type" ? (KINDS[issue.expected] ?? issue.expected) : "another value";
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  object: "a map",
  record: "a map",
  array: "a list",
  tuple: "a list",
  null: "nothing",
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? `the text \`${shown(value)}\`` : `\`${String(value)}\``;
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce(
    (current: unknown, part) => (typeof current === "object" && current !== null ? Reflect.get(current, part) : undefined),
    value,
  );
}

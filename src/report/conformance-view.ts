import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import type { Theme } from "./theme.ts";

/** What a conformance check found. */
export interface ConformanceFinding {
  readonly check: string;
  readonly title: string;
  readonly status: "passed" | "failed" | "not-applicable";
  readonly message: string;
  readonly seconds: number;
}

/** A line for the check; below it what must hold, and what was seen. */
export function renderFinding({ check, title, status, message, seconds }: ConformanceFinding, { paint, symbols, width }: Theme): string {
  const marks = {
    passed: paint.green(symbols.done),
    failed: paint.red(symbols.failed),
    "not-applicable": paint.yellow(symbols.undecided),
  };
  const seen = status === "not-applicable" ? `not tried: ${message}` : message;
  const indented = (text: string) => wrap(cleanLine(text), width - 4).map((line) => `    ${line}`);
  const head = `${marks[status]} ${paint.bold(check)}  ${paint.dim(`${seconds.toFixed(1)} s`)}`;
  return [head, ...indented(title), ...indented(seen).map(paint.dim)].join("\n");
}

/** The last line: how many passed, were not tried, and failed. */
export function renderTally(findings: readonly ConformanceFinding[], { paint }: Theme): string {
  const count = (status: ConformanceFinding["status"]) => findings.filter((each) => each.status === status).length;
  const [passed, idle, failed] = [count("passed"), count("not-applicable"), count("failed")];
  const parts = [paint.green(`${passed} passed`), ...(idle > 0 ? [paint.yellow(`${idle} not tried`)] : [])];
  return [...parts, ...(failed > 0 ? [paint.red(`${failed} failed`)] : [])].join(", ");
}

/** `fettle toolchain check --json`. */
export function conformanceDocument(toolchain: string, findings: readonly ConformanceFinding[]) {
  return { schema: "fettle.conformance/1", toolchain, ok: findings.every(({ status }) => status !== "failed"), findings };
}

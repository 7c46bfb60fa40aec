import { ENGINE_NAMES, SANDBOX_ISOLATIONS } from "../../domain/command.ts";
import type { DoctorFinding, DoctorReport } from "../../report/doctor-view.ts";

/** Whether a build can run, from what was found: nothing it needs fails, and what it runs workers in is there or can be made. */
export function judgeMachine(found: readonly DoctorFinding[]): DoctorReport {
  const engine = ENGINE_NAMES.find((name) => found.some((each) => each.name === name && isUsable(each) && hasEveryImage(each))) ?? null;
  // With an image of every worker at hand, nothing of this machine's own Python is used.
  const findings = engine === null ? found.map((each) => (each.name === "uv" && isStuck(found) ? stuck(each) : each)) : found.map(spared);
  const executor = engine ?? SANDBOX_ISOLATIONS.find((name) => findings.some((each) => each.name === name && isUsable(each))) ?? null;
  return { ok: executor !== null && findings.every(({ needed, state }) => !needed || state !== "fails"), executor, findings };
}

function spared(finding: DoctorFinding): DoctorFinding {
  return finding.group === "toolchains" || finding.name === "python" ? { ...finding, needed: false } : finding;
}

/** Nothing makes environments here, and one that every build needs is not made. */
function isStuck(findings: readonly DoctorFinding[]): boolean {
  const uv = findings.find(({ name }) => name === "uv");
  return uv?.state === "limited" && findings.some(({ needed, state }) => needed && state === "pending");
}

function stuck(finding: DoctorFinding): DoctorFinding {
  return { ...finding, state: "fails", needed: true };
}

function isUsable({ state }: DoctorFinding): boolean {
  return state === "works" || state === "limited";
}

function hasEveryImage({ images }: DoctorFinding): boolean {
  return images !== undefined && images.missing.length === 0 && images.here.length > 0;
}

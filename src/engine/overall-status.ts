import { isExcused, type RunReport, type TargetReport } from "../domain/report.ts";

/** What targets come to together, where nothing was interrupted. An optional one that is unavailable counts neither way. */
export function overallStatus(targets: readonly TargetReport[]): Exclude<RunReport["status"], "interrupted"> {
  if (targets.every((target) => target.status === "accepted" || isExcused(target))) return "ok";
  // A judgement outranks a failure: it is about the model, and stays when the machine is mended.
  return targets.some((target) => target.status === "rejected") ? "rejected" : "failed";
}

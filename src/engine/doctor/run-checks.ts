import type { DoctorFinding } from "../../report/doctor-view.ts";
import { type Answer, type Check, type CheckContext, fails } from "./check.ts";

/** Runs checks side by side; one that is not done when time is up is told as such, and does not hold up the others. */
export function runChecks(checks: readonly Check[], context: CheckContext): Promise<DoctorFinding[]> {
  const timeUp = new Promise<Answer>((resolve) => {
    const late = () => resolve(fails("gave no answer in time"));
    if (context.signal.aborted) late();
    else context.signal.addEventListener("abort", late, { once: true });
  });
  return Promise.all(
    checks.map(async ({ group, name, needed, run }) => {
      const { state, detail, mend = null, images } = await Promise.race([run(context), timeUp]);
      return { group, name, state, needed, detail, mend, ...(images === undefined ? {} : { images }) };
    }),
  );
}

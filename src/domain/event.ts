import type { Isolation } from "./command.ts";
import type { DeviceId } from "./devices.ts";
import type { Failure } from "./failure.ts";
import type { Step } from "./plan.ts";
import type { RunReport } from "./report.ts";

/** What a build tells its listeners. Each event carries `at`: milliseconds since the epoch. Only reporters print. */
export type BuildEvent = { readonly at: number } & BuildEventBody;

export type BuildEventBody =
  | {
      readonly type: "build-started";
      readonly recipe: string;
      readonly steps: readonly Step[];
      readonly store: string;
    }
  /** How workers are shut in, and why so; told when the first one is started, never in a build that is answered from the store. */
  | { readonly type: "isolation-chosen"; readonly isolation: Isolation; readonly why: string }
  | { readonly type: "environment-started"; readonly name: string }
  | { readonly type: "environment-progress"; readonly name: string; readonly text: string }
  | { readonly type: "environment-finished"; readonly name: string; readonly seconds: number; readonly failure: Failure | null }
  /** `device` says which one is waited for; absent where it is another build. */
  | { readonly type: "step-waiting"; readonly step: string; readonly for: "device" | "other-build"; readonly device?: DeviceId }
  | { readonly type: "step-started"; readonly step: string; readonly log: string | null }
  | { readonly type: "step-progress"; readonly step: string; readonly text: string; readonly fraction: number | null }
  | { readonly type: "step-cached"; readonly step: string; readonly summary: string | null }
  /** `summary` is one short phrase for people: `agrees, max abs 3e-6`. */
  | {
      readonly type: "step-finished";
      readonly step: string;
      readonly seconds: number;
      readonly workerSeconds: number;
      readonly summary: string | null;
    }
  | { readonly type: "step-failed"; readonly step: string; readonly seconds: number; readonly failure: Failure }
  | { readonly type: "step-skipped"; readonly step: string; readonly because: string }
  | { readonly type: "note"; readonly step: string | null; readonly message: string }
  | { readonly type: "store-damaged"; readonly path: string; readonly message: string }
  | { readonly type: "build-finished"; readonly report: RunReport };

/** Takes events; the only code besides commands that prints. */
export interface Reporter {
  handle(event: BuildEvent): void;
  /** Flushes what is still to be written. */
  close(): Promise<void>;
}

import type { BuildEvent } from "../domain/event.ts";

export type WaitedFor = Extract<BuildEvent, { type: "step-waiting" }>["for"];

/** What a waiting step waits for, in words. */
export const WAITED_FOR: Readonly<Record<WaitedFor, string>> = {
  device: "the processor",
  "other-build": "another build that makes the same",
};

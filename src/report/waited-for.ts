import type { BuildEvent } from "../domain/event.ts";

export type WaitedFor = Pick<Extract<BuildEvent, { type: "step-waiting" }>, "for" | "device">;

/** What a waiting step waits for, in words: `the processor`, `the GPU GPU-8f6c...`. */
export function waitedForText({ for: what, device = "cpu" }: WaitedFor): string {
  if (what === "other-build") return "another build that makes the same";
  const [kind = "", ...name] = device.split(":");
  if (name.length === 0) return "the processor";
  return `the ${kind === "accelerator" ? kind : kind.toUpperCase()} ${name.join(":")}`;
}

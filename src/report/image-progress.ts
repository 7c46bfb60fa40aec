import { cleanLine } from "./clean-text.ts";
import { formatElapsed } from "./format.ts";
import type { OutputStream } from "./select-reporters.ts";
import { detectTheme } from "./theme.ts";

/** A build tells many lines a second; a log needs fewer. */
const INTERVAL_MS = 2000;

/** Tells how work on images goes, a line at a time: the first of each image, then at most one in two seconds. */
export function imageProgress(stream: OutputStream, env: NodeJS.ProcessEnv): (name: string, text: string) => void {
  const { paint } = detectTheme(stream, env);
  const begun = Date.now();
  const lastShown = new Map<string, number>();
  return (name, text) => {
    const now = Date.now();
    if (now - (lastShown.get(name) ?? 0) < INTERVAL_MS) return;
    lastShown.set(name, now);
    stream.write(`${paint.dim(`[${formatElapsed(now - begun)}]`)} ${name}: ${cleanLine(text)}\n`);
  };
}

import type { BuildEvent, Reporter } from "../domain/event.ts";
import { applyEvent, type BuildState, createBuildState } from "./build-state.ts";
import type { Clock } from "./clock.ts";
import { createLiveRegion, type TerminalStream } from "./live-region.ts";
import { renderLiveView } from "./live-view.ts";
import { permanentLines } from "./permanent-lines.ts";
import { restoreOnExit } from "./restore-on-exit.ts";
import type { Theme } from "./theme.ts";

export interface TerminalOptions {
  readonly stream: TerminalStream;
  readonly clock: Clock;
  /** Its width is taken from the stream anew for every frame. */
  readonly theme: Theme;
}

/**
 * The live view for a person at a terminal: what goes on now is drawn at the foot of the screen, what has ended scrolls
 * above it as lines that stay. Events change the state only; frames come from the clock, twelve a second
 * at most and two while something is measured.
 */
export function createTerminalReporter({ stream, clock, theme }: TerminalOptions): Reporter {
  const state = createBuildState();
  const region = createLiveRegion(stream);
  const stopRestoring = restoreOnExit(() => region.restore());
  let above: string[] = [];
  let stopFrames: (() => void) | null = null;

  let ticks = 0;

  const tick = (): void => {
    ticks += 1;
    // Drawing costs processor time, here and in the terminal; while a measurement has the machine to itself there is little of it.
    if (ticks % MEASURING_TICKS === 0 || above.length > 0 || !isMeasuring(state)) draw();
  };
  const draw = (): void => {
    const current = { ...theme, width: stream.columns ?? theme.width };
    const height = Math.min(MAX_HEIGHT, (stream.rows ?? DEFAULT_ROWS) - 1);
    region.draw(above, renderLiveView(state, { now: clock.now(), theme: current, height }));
    above = [];
  };
  const finish = (): void => {
    stopFrames?.();
    stopFrames = null;
    region.close(above);
    above = [];
    stopRestoring();
  };
  const handle = (event: BuildEvent): void => {
    applyEvent(state, event);
    above.push(...permanentLines(event, state, { ...theme, width: stream.columns ?? theme.width }));
    if (event.type === "build-started") {
      stopFrames ??= clock.every(FRAME_MS, tick);
      draw();
    }
    if (event.type === "build-finished") finish();
  };
  return {
    handle,
    close() {
      finish();
      return Promise.resolve();
    },
  };
}

const FRAME_MS = 83;
/** About two frames a second. */
const MEASURING_TICKS = 6;
const DEFAULT_ROWS = 24;
/** Taller screens keep the finished lines in sight. */
const MAX_HEIGHT = 32;

function isMeasuring(state: BuildState): boolean {
  return [...state.steps.values()].some((step) => step.kind === "measure" && step.phase === "running");
}

import type { BuildEventBody } from "../domain/event.ts";

/** Step -> seconds it took in this build, failed ones included; absent for what came from the store or never ran. */
export type StepSeconds = ReadonlyMap<string, number>;

type Emit = (event: BuildEventBody) => void;

/** Hands events on and notes how long each step took. */
export function timeSteps(emit: Emit): { readonly emit: Emit; readonly seconds: StepSeconds } {
  const seconds = new Map<string, number>();
  return {
    seconds,
    emit(event) {
      if (event.type === "step-finished" || event.type === "step-failed") seconds.set(event.step, event.seconds);
      emit(event);
    },
  };
}

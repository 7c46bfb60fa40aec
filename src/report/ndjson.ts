import type { BuildEvent, Reporter } from "../domain/event.ts";
import type { TextFile } from "./text-file.ts";

/** `--events`: every event as one line of JSON, written as it comes. The plan's steps are cut down to what names them. */
export function createNdjsonReporter(file: TextFile): Reporter {
  return {
    handle(event) {
      file.append(`${JSON.stringify(eventDocument(event))}\n`);
    },
    close() {
      file.close();
      return Promise.resolve();
    },
  };
}

/** A step's definition and spec can be long, and `fettle plan --json` has them: here a step is its name, place and key. */
function eventDocument(event: BuildEvent): object {
  if (event.type !== "build-started") return event;
  const steps = event.steps.map(({ id, kind, target, candidate, needs, key }) => ({
    id,
    kind,
    target,
    candidate,
    needs: needs.map((need) => need.step),
    key,
  }));
  return { ...event, steps };
}

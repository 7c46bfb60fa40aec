import type { Reporter } from "../domain/event.ts";

/** For commands that look at things and build nothing: damage in the store is still told. */
export const quietReporter: Reporter = {
  handle(event) {
    if (event.type === "store-damaged") process.stderr.write(`warning: ${event.path}: ${event.message}\n`);
  },
  close: () => Promise.resolve(),
};

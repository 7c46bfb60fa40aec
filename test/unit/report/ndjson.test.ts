import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withDir } from "tmp-promise";
import { expect, test } from "vitest";
import type { BuildEvent } from "../../../src/domain/event.ts";
import { createNdjsonReporter } from "../../../src/report/ndjson.ts";
import { openTextFile } from "../../../src/report/text-file.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import { step } from "../../fixtures/report/steps.ts";

/** The file's lines after the events, while the reporter is still open: as if the process were killed there. */
async function linesAfter(events: readonly BuildEvent[]): Promise<string[]> {
  return withDir(
    async ({ path }) => {
      const file = openTextFile(join(path, "events.ndjson"), (failure) => expect.fail(failure.message));
      if (!file.ok) throw new Error(file.error.message);
      const reporter = createNdjsonReporter(file.value);
      for (const event of events) reporter.handle(event);
      const text = readFileSync(join(path, "events.ndjson"), "utf8");
      await reporter.close();
      expect(text.endsWith("\n")).toBe(true);
      return text.trimEnd().split("\n");
    },
    { unsafeCleanup: true },
  );
}

test("one line per event, each there before the next comes, and nothing lost of it but the plan's inner parts", async () => {
  const lines = await linesAfter(accepted.events);
  expect(lines).toHaveLength(accepted.events.length);
  const read = lines.map((line) => JSON.parse(line));
  expect(read.slice(1)).toEqual(accepted.events.slice(1));
});

test("the plan's steps are cut down to name, place, needs and key", async () => {
  const [first = ""] = await linesAfter(accepted.events);
  const event = JSON.parse(first);
  expect(event.steps[2]).toEqual({
    id: "compile cpu-x64-native openvino/bfloat16",
    kind: "compile",
    target: "cpu-x64-native",
    candidate: "openvino/bfloat16",
    needs: ["prepare"],
    key: step("compile cpu-x64-native openvino/bfloat16").key,
  });
  expect(event.steps).toHaveLength(8);
  expect(first.length).toBeLessThan(2500);
});

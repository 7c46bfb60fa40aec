import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { withDir } from "tmp-promise";
import { expect, test } from "vitest";
import type { BuildEvent, BuildEventBody } from "../../../src/domain/event.ts";
import { openTextFile } from "../../../src/report/text-file.ts";
import { createTraceReporter } from "../../../src/report/trace.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import * as interrupted from "../../fixtures/report/interrupted.ts";
import * as failures from "../../fixtures/report/mixed-failures.ts";
import { step } from "../../fixtures/report/steps.ts";
import { VirtualClock } from "../../fixtures/report/virtual-clock.ts";

interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: "X" | "M";
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

interface Traced {
  /** What the file held after the last event, before the reporter was closed. */
  readonly killed: TraceEvent[];
  readonly closed: TraceEvent[];
}

async function trace(events: readonly BuildEvent[], closedAt: number, check?: (document: TraceEvent[]) => void): Promise<Traced> {
  return withDir(
    async ({ path }) => {
      const name = join(path, "trace.json");
      const file = openTextFile(name, (failure) => expect.fail(failure.message));
      if (!file.ok) throw new Error(file.error.message);
      const read = (): TraceEvent[] => JSON.parse(readFileSync(name, "utf8"));
      const clock = new VirtualClock(events[0]?.at ?? 0);
      const reporter = createTraceReporter({ file: file.value, clock });
      for (const event of events) {
        reporter.handle(event);
        check?.(read());
      }
      const killed = read();
      clock.moveTo(closedAt);
      await reporter.close();
      return { killed, closed: read() };
    },
    { unsafeCleanup: true },
  );
}

const spans = (document: readonly TraceEvent[]): TraceEvent[] => document.filter((event) => event.ph === "X");

function track(document: readonly TraceEvent[], tid: number): string {
  const named = document.find((event) => event.name === "thread_name" && event.tid === tid);
  return String(named?.args.name);
}

const table = (document: readonly TraceEvent[]): string[] =>
  spans(document)
    .sort((a, b) => a.ts - b.ts || a.tid - b.tid)
    .map((span) => `${track(document, span.tid)} | ${span.ts / 1e3} + ${span.dur / 1e3} ms | ${span.name}`);

/** Spans of a track are apart or one inside the other; everything else would be drawn wrongly. */
function expectTidy(document: readonly TraceEvent[]): void {
  const tracks = Map.groupBy(spans(document), (span) => span.tid);
  for (const [tid, members] of tracks) {
    expect(track(document, tid)).not.toBe("undefined");
    for (const [index, a] of members.entries()) {
      expect(a.dur).toBeGreaterThanOrEqual(0);
      for (const b of members.slice(index + 1)) {
        const apart = a.ts + a.dur <= b.ts || b.ts + b.dur <= a.ts;
        const nested = (a.ts <= b.ts && b.ts + b.dur <= a.ts + a.dur) || (b.ts <= a.ts && a.ts + a.dur <= b.ts + b.dur);
        expect(apart || nested, `${a.name} and ${b.name}`).toBe(true);
      }
    }
  }
}

test("a build's steps, waits and environments, each on a track of its own time", async () => {
  const { closed } = await trace(accepted.events, 0);
  expect(table(closed)).toMatchInlineSnapshot(`
    [
      "build | 0 + 81240 ms | build ocr-recogniser",
      "steps 1 | 20 + 0 ms | fetch model",
      "environments 1 | 30 + 14100 ms | environment openvino",
      "steps 1 | 40 + 860 ms | prepare",
      "steps 1 | 14150 + 2140 ms | compile cpu-x64-native openvino/bfloat16",
      "steps 1 | 16300 + 3100 ms | infer cpu-x64-native openvino/bfloat16",
      "steps 1 | 19410 + 190 ms | validate cpu-x64-native openvino/bfloat16",
      "steps 1 | 19600 + 2400 ms | wait for the processor",
      "steps 1 | 22000 + 38000 ms | measure cpu-x64-native openvino/bfloat16",
      "steps 1 | 60020 + 5 ms | select cpu-x64-native",
      "steps 1 | 60030 + 100 ms | publish cpu-x64-native",
    ]
  `);
  expectTidy(closed);
  expect(closed[0]).toEqual({ name: "process_name", ph: "M", pid: 1, tid: 1, args: { name: "fettle build ocr-recogniser" } });
});

test("a step's span says what it cost, whether it was cached and by which key it is kept", async () => {
  const { closed } = await trace(accepted.events, 0);
  const named = (name: string) => closed.find((event) => event.name === name);
  const measure = step("measure cpu-x64-native openvino/bfloat16");
  expect(named(measure.id)).toMatchObject({
    cat: "measure",
    args: {
      target: "cpu-x64-native",
      candidate: "openvino/bfloat16",
      key: measure.key,
      cached: false,
      seconds: 38,
      workerSeconds: 37.6,
      summary: "1.92x faster (1.80-2.04)",
    },
  });
  expect(named("fetch model")).toMatchObject({ dur: 0, args: { cached: true } });
});

test("failures keep their class, and steps that ran side by side have different tracks", async () => {
  const { closed } = await trace(failures.events, 0);
  expect(table(closed)).toMatchInlineSnapshot(`
    [
      "build | 0 + 75020 ms | build voice",
      "environments 1 | 10 + 2990 ms | environment iree",
      "steps 1 | 15 + 75000 ms | compile cpu-x64-v3 openvino/bfloat16",
      "steps 2 | 18 + 682 ms | wait for another build that makes the same",
      "steps 2 | 700 + 700 ms | compile cpu-x64-v3 tvm/float32",
    ]
  `);
  expectTidy(closed);
  expect(closed.find((event) => event.name === "compile cpu-x64-v3 openvino/bfloat16")?.args).toMatchObject({ failure: "crashed" });
});

test("the file is a whole JSON document after every event", async () => {
  await trace(accepted.events, 0, expectTidy);
});

test("a build that never began leaves an empty trace", async () => {
  const { killed, closed } = await trace([], 0);
  expect([killed, closed]).toEqual([[], []]);
});

test("what a stopped build left open is closed and marked", async () => {
  const start = interrupted.events[0]?.at ?? 0;
  const { killed, closed } = await trace(interrupted.events.slice(0, 8), start + 5000);
  expect(spans(killed).map((span) => span.name)).toEqual(["prepare", "compile cpu-x64 openvino/float32"]);
  expect(
    spans(closed)
      .filter((span) => span.args.interrupted === true)
      .map((span) => [span.name, span.ts, span.dur]),
  ).toEqual([
    ["compile cpu-x64 tvm/float32", 910_000, 4_090_000],
    ["infer cpu-x64 openvino/float32", 3_500_000, 1_500_000],
    ["build ocr-recogniser", 0, 5_000_000],
  ]);
  expectTidy(closed);
});

/** Any order of beginnings, waits and ends that steps and environments could have. */
const histories = fc
  .array(
    fc.record({
      id: fc.nat(9),
      act: fc.constantFrom("wait", "start", "progress", "finish", "cache", "environment", "environment-end"),
      gap: fc.nat(5),
    }),
    { maxLength: 80 },
  )
  .map((acts): BuildEvent[] => {
    let at = 0;
    const events: BuildEvent[] = [{ at, type: "build-started", recipe: "any", steps: [], store: "/store" }];
    for (const { id, act, gap } of acts) {
      at += gap;
      const name = `step ${id}`;
      const bodies: Readonly<Record<typeof act, BuildEventBody>> = {
        wait: { type: "step-waiting", step: name, for: "device" },
        start: { type: "step-started", step: name, log: null },
        progress: { type: "step-progress", step: name, text: "", fraction: null },
        finish: { type: "step-finished", step: name, seconds: 1, workerSeconds: 1, summary: null },
        cache: { type: "step-cached", step: name, summary: null },
        environment: { type: "environment-started", name },
        "environment-end": { type: "environment-finished", name, seconds: 1, failure: null },
      };
      events.push({ at, ...bodies[act] });
    }
    return events;
  });

test("spans never overlap on a track, whatever happens when", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (events) => {
      const { closed } = await trace(events, (events.at(-1)?.at ?? 0) + 1);
      expectTidy(closed);
    }),
    { numRuns: 60 },
  );
});

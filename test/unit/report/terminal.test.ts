import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { BuildEvent } from "../../../src/domain/event.ts";
import { displayWidth } from "../../../src/report/display-width.ts";
import { createTerminalReporter } from "../../../src/report/terminal.ts";
import type { Theme } from "../../../src/report/theme.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import * as interrupted from "../../fixtures/report/interrupted.ts";
import * as failures from "../../fixtures/report/mixed-failures.ts";
import { Screen } from "../../fixtures/report/screen.ts";
import { candidateStepIds, candidateSteps, step } from "../../fixtures/report/steps.ts";
import { coloured, plain } from "../../fixtures/report/themes.ts";
import { VirtualClock } from "../../fixtures/report/virtual-clock.ts";

interface Setup {
  readonly columns?: number;
  readonly rows?: number;
  readonly theme?: Theme;
}

/** Plays events up to a moment after the build began, in milliseconds, and shows the screen at that moment. */
function play(events: readonly BuildEvent[], until: number, { columns = 100, rows = 30, theme = plain(columns) }: Setup = {}) {
  const start = events[0]?.at ?? 0;
  const clock = new VirtualClock(start);
  const screen = new Screen(columns, rows);
  const reporter = createTerminalReporter({ stream: screen, clock, theme });
  for (const event of events) {
    if (event.at - start > until) break;
    clock.moveTo(event.at);
    reporter.handle(event);
  }
  clock.moveTo(start + until);
  return { screen, clock, reporter };
}

test("environments and shared steps at the start", async () => {
  const { screen, reporter } = play(accepted.events, 895);
  expect(screen.text()).toMatchInlineSnapshot(`
    "ocr-recogniser  8 steps
    isolation: namespaces (bubblewrap is not installed)

    environments
      ⠋ openvino           making                                                                 0.8 s
    model
      ⠋ prepare                                                                                   0.8 s
    cpu-x64-native
      · openvino/bfloat16  compile
    ━━━─────────────────────  ocr-recogniser  1/8 steps · 1 cached · 0.8 s"
  `);
  await reporter.close();
});

test("a candidate being measured, with what it has behind it scrolled above", async () => {
  const { screen, reporter } = play(accepted.events, 45_000);
  expect(screen.text()).toMatchInlineSnapshot(`
    "ocr-recogniser  8 steps
    isolation: namespaces (bubblewrap is not installed)
    ✔   0.9 s  prepare                                    opset 17, 402 of 611 nodes
    ✔  14.1 s  environment openvino
    ✔   2.1 s  compile cpu-x64-native openvino/bfloat16   2 files, 21.6 MB
    ✔   3.1 s  infer cpu-x64-native openvino/bfloat16     150 samples
    ✔   0.2 s  validate cpu-x64-native openvino/bfloat16  agrees, max abs 0.10

    cpu-x64-native
      ⠋ openvino/bfloat16  measure    ━━━━──────── 30 %    round 12/40                           22.8 s
    ━━━━━━━━━━━━━━━─────────  ocr-recogniser  5/8 steps · 1 cached · 44.8 s"
  `);
  await reporter.close();
});

test("waiting for the processor", async () => {
  const { screen, reporter } = play(accepted.events, 21_000);
  expect(screen.text().split("\n").slice(-3).join("\n")).toMatchInlineSnapshot(`
    "cpu-x64-native
      ◷ openvino/bfloat16  measure    waiting for the processor                                   1.4 s
    ━━━━━━━━━━━━━━━─────────  ocr-recogniser  5/8 steps · 1 cached · 21.0 s"
  `);
  await reporter.close();
});

test("failures scroll above with the vendor's words, while the other candidate goes on", async () => {
  const { screen, reporter } = play(failures.events, 70_000, { columns: 90 });
  expect(screen.text()).toMatchInlineSnapshot(`
    "voice  9 steps
    isolation: process (user namespaces are switched off by the kernel)
    › store: A file of the entry has changed; it is made again.
      (/srv/fettle-store/trees/0f3a)
    ✖   0.7 s  compile cpu-x64-v3 tvm/float32
               unsupported-operator (If): TVM has no converter for the operator If.
               tool said  tvm.error.OpNotImplemented: The following operators are not
                          supported for frontend ONNX: If, LSTM
               node       If_0 (If)
               log        /home/ada/.cache/fettle/logs/compile-cpu-x64-v3-tvm-float32.log
    ✖   3.0 s  environment iree
               environment-unavailable: The environment \`iree\` could not be made: the package
               index does not answer.
               tool said  error: Failed to fetch:
                          \`https://pypi.org/simple/iree-base-compiler/\`
               hint       Set PIP_INDEX_URL to an index you can reach, or build once with
                          network; environments are kept.

    cpu-x64-v3
      ⠼ openvino/bfloat16  compile                                                       1:09
      ✖ tvm/float32        compile    unsupported-operator (If)
    ━━━━━───────────────────  voice  2/9 steps · 1 failed · 1:09"
  `);
  await reporter.close();
});

test("a narrow terminal", async () => {
  const { screen, reporter } = play(accepted.events, 45_000, { columns: 36 });
  expect(screen.text()).toMatchInlineSnapshot(`
    "ocr-recogniser  8 steps
    isolation: namespaces (bubblewrap
    is not installed)
    ✔   0.9 s  prepare  opset 17, 402 of
     611 nodes
    ✔  14.1 s  environment openvino
    ✔   2.1 s  compile cpu-x64-native op
    envino/bfloat16  2 files, 21.6 MB
    ✔   3.1 s  infer cpu-x64-native open
    vino/bfloat16  150 samples
    ✔   0.2 s  validate cpu-x64-native o
    penvino/bfloat16  agrees, max abs 0.
    10

    cpu-x64-native
      ⠋ openvino/bfloat16  mea…  22.8 s
    ━━━━━━────  ocr-recogniser  5/8 st…"
  `);
  await reporter.close();
});

test("at the end the region is gone, the cursor back and no timer left", () => {
  const { screen, clock } = play(accepted.events, 90_000);
  expect(screen.text()).toMatchInlineSnapshot(`
    "ocr-recogniser  8 steps
    isolation: namespaces (bubblewrap is not installed)
    ✔   0.9 s  prepare                                    opset 17, 402 of 611 nodes
    ✔  14.1 s  environment openvino
    ✔   2.1 s  compile cpu-x64-native openvino/bfloat16   2 files, 21.6 MB
    ✔   3.1 s  infer cpu-x64-native openvino/bfloat16     150 samples
    ✔   0.2 s  validate cpu-x64-native openvino/bfloat16  agrees, max abs 0.10
    ✔  38.0 s  measure cpu-x64-native openvino/bfloat16   1.92x faster (1.80-2.04)
    › The clock frequency is not pinned.
    ✔   0.0 s  select cpu-x64-native                      openvino/bfloat16
    ✔   0.1 s  publish cpu-x64-native                     dist/ocr-recogniser/cpu-x64-native
    ↺  cached  2 steps from the store"
  `);
  expect(screen.cursorVisible).toBe(true);
  expect(clock.idle).toBe(true);
});

test("an interrupted build leaves a clean screen too", async () => {
  const { screen, clock, reporter } = play(interrupted.events, 6000);
  expect(screen.cursorVisible).toBe(false);
  await reporter.close();
  expect(screen.text()).toMatchInlineSnapshot(`
    "ocr-recogniser  9 steps
    isolation: bubblewrap (bubblewrap 0.8.0 works here)
    ✔   0.9 s  prepare
    ✔   2.6 s  compile cpu-x64 openvino/float32"
  `);
  expect(screen.cursorVisible).toBe(true);
  expect(clock.idle).toBe(true);
});

const crowd: readonly BuildEvent[] = (() => {
  const targets = ["cpu-x64-v2", "cpu-x64-v3", "cpu-x64-v4"];
  const names = ["onnxruntime/float32", "openvino/float32", "openvino/bfloat16", "tvm/float32", "文字認識/float32"];
  const steps = [step("prepare"), ...targets.flatMap((target) => names.flatMap((name) => candidateSteps(target, name)))];
  const { compile: done, infer: running } = candidateStepIds("cpu-x64-v3", "tvm/float32");
  const { compile: wide } = candidateStepIds("cpu-x64-v4", "文字認識/float32");
  return [
    { at: 0, type: "build-started", recipe: "crowd", steps, store: "/store" },
    { at: 0, type: "isolation-chosen", isolation: "bubblewrap", why: "it works" },
    { at: 1, type: "step-started", step: done, log: null },
    { at: 2, type: "step-finished", step: done, seconds: 0.001, workerSeconds: 0, summary: null },
    { at: 3, type: "step-started", step: running, log: null },
    { at: 4, type: "step-started", step: wide, log: null },
    { at: 5, type: "step-progress", step: wide, text: `读取模型 \u001B[31mpass\u001B[0m ${"很长".repeat(60)}`, fraction: 0.5 },
  ];
})();

test("more candidates than lines: what goes on is kept, the rest is counted", async () => {
  const { screen, reporter } = play(crowd, 3000, { columns: 72, rows: 12 });
  expect(screen.text()).toMatchInlineSnapshot(`
    "crowd  61 steps
    isolation: bubblewrap (it works)
    ✔   0.0 s  compile cpu-x64-v3 tvm/float32

    cpu-x64-v2
      · onnxruntime/float32  compile
      · openvino/float32     compile
      · openvino/bfloat16    compile
    cpu-x64-v3
      ⠧ tvm/float32          infer                                    3.0 s
    cpu-x64-v4
      ⠧ 文字認識/float32     compile    ━━━━━━────── 50 %    读取模…  3.0 s
      … and 10 more
    ────────────────────────  crowd  1/61 steps · 3.0 s"
  `);
  await reporter.close();
});

test.each([20, 33, 50, 72, 100, 200])("no line is wider than a terminal of %d columns", async (columns) => {
  const { screen, reporter } = play(crowd, 3000, { columns, rows: 60, theme: coloured(columns) });
  for (const line of (screen.writes.at(-1) ?? "").split("\n")) {
    expect(displayWidth(stripVTControlCharacters(line)), line).toBeLessThan(columns);
  }
  await reporter.close();
});

test("frames come from the clock, twelve a second at most, however many events there are", async () => {
  const { screen, clock, reporter } = play(crowd, 10);
  const before = screen.writes.length;
  const { compile: id } = candidateStepIds("cpu-x64-v4", "文字認識/float32");
  for (let index = 0; index < 1000; index++) {
    clock.moveTo(10 + index);
    reporter.handle({ at: 10 + index, type: "step-progress", step: id, text: `pass ${index}`, fraction: index / 1000 });
  }
  expect(screen.writes.length - before).toBe(12);
  await reporter.close();
});

test("while something is measured, two frames a second must do", async () => {
  const { screen, clock, reporter } = play(accepted.events, 30_000);
  const before = screen.writes.length;
  clock.moveTo(clock.now() + 10_000);
  expect(screen.writes.length - before).toBe(20);
  await reporter.close();
});

test("a terminal resized while it runs is laid out anew with the next frame", async () => {
  const { screen, clock, reporter } = play(accepted.events, 45_000);
  screen.narrow(50);
  clock.moveTo(clock.now() + 500);
  expect(screen.text().match(/5\/8 steps/g)).toHaveLength(1);
  const last = screen.text().split("\n").slice(-3);
  expect(last).toMatchInlineSnapshot(`
    [
      "cpu-x64-native",
      "  ⠦ openvino/bfloat16  measure    ━━━━──…  23.3 s",
      "━━━━━━────  ocr-recogniser  5/8 steps · 1 cached…",
    ]
  `);
  await reporter.close();
});

test("closing before anything began writes nothing", async () => {
  const screen = new Screen(80, 24);
  const reporter = createTerminalReporter({ stream: screen, clock: new VirtualClock(0), theme: plain(80) });
  await reporter.close();
  expect(screen.writes).toEqual([]);
});

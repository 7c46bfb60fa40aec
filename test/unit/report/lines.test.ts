import { expect, test } from "vitest";
import type { BuildEvent, BuildEventBody } from "../../../src/domain/event.ts";
import { createLinesReporter } from "../../../src/report/lines.ts";
import type { Theme } from "../../../src/report/theme.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import * as interrupted from "../../fixtures/report/interrupted.ts";
import * as failures from "../../fixtures/report/mixed-failures.ts";
import { coloured, plain } from "../../fixtures/report/themes.ts";

function log(events: readonly BuildEvent[], options: { verbose?: boolean; theme?: Theme } = {}): string {
  let text = "";
  const write = (part: string): void => {
    text += part;
  };
  const reporter = createLinesReporter({ write, theme: options.theme ?? plain(), verbose: options.verbose ?? false });
  for (const event of events) reporter.handle(event);
  return text;
}

test("a build where all goes well", () => {
  expect(log(accepted.events)).toMatchInlineSnapshot(`
    "[0.0s] building ocr-recogniser: 8 steps, store /home/ada/.cache/fettle
    [0.0s] isolation: namespaces (bubblewrap is not installed)
    [0.0s] fetch model: cached: 10.9 MB
    [0.0s] environment openvino: making
    [0.0s] prepare: started
    [0.9s] prepare: finished in 0.9 s: opset 17, 402 of 611 nodes
    [12.0s] environment openvino: linking
    [14.1s] environment openvino: made in 14.1 s
    [14.2s] compile cpu-x64-native openvino/bfloat16: started
    [16.3s] compile cpu-x64-native openvino/bfloat16: finished in 2.1 s: 2 files, 21.6 MB
    [16.3s] infer cpu-x64-native openvino/bfloat16: started
    [19.4s] infer cpu-x64-native openvino/bfloat16: finished in 3.1 s: 150 samples
    [19.4s] validate cpu-x64-native openvino/bfloat16: started
    [19.6s] validate cpu-x64-native openvino/bfloat16: finished in 0.2 s: agrees, max abs 0.10
    [19.6s] measure cpu-x64-native openvino/bfloat16: waiting for the processor
    [22.0s] measure cpu-x64-native openvino/bfloat16: started
    [33.0s] measure cpu-x64-native openvino/bfloat16: round 12/40 (30 %)
    [60.0s] measure cpu-x64-native openvino/bfloat16: finished in 38.0 s: 1.92x faster (1.80-2.04)
    [60.0s] build: note: The clock frequency is not pinned.
    [60.0s] select cpu-x64-native: started
    [60.0s] select cpu-x64-native: finished in 5 ms: openvino/bfloat16
    [60.0s] publish cpu-x64-native: started
    [60.1s] publish cpu-x64-native: finished in 0.1 s: dist/ocr-recogniser/cpu-x64-native
    [81.2s] build: ok after 1 min 21 s
    "
  `);
});

test("crashes, refusals and environments that are not to be had carry class, key line and log", () => {
  expect(log(failures.events)).toMatchInlineSnapshot(`
    "[0.0s] building voice: 9 steps, store /srv/fettle-store
    [0.0s] isolation: process (user namespaces are switched off by the kernel)
    [0.0s] store: damaged: A file of the entry has changed; it is made again. (/srv/fettle-store/trees/0f3a)
    [0.0s] environment iree: making
    [0.0s] compile cpu-x64-v3 openvino/bfloat16: started
    [0.0s] compile cpu-x64-v3 tvm/float32: waiting for another build that makes the same
    [0.7s] compile cpu-x64-v3 tvm/float32: started
    [1.4s] compile cpu-x64-v3 tvm/float32: failed after 0.7 s: unsupported-operator (If): TVM has no converter for the operator If.
    [1.4s] compile cpu-x64-v3 tvm/float32: tool said: tvm.error.OpNotImplemented: The following operators are not supported for frontend ONNX: If, LSTM
    [1.4s] compile cpu-x64-v3 tvm/float32: node: If_0 (If)
    [1.4s] compile cpu-x64-v3 tvm/float32: log: /home/ada/.cache/fettle/logs/compile-cpu-x64-v3-tvm-float32.log
    [1.4s] infer cpu-x64-v3 tvm/float32: skipped: compile cpu-x64-v3 tvm/float32 failed
    [3.0s] environment iree: failed after 3.0 s: environment-unavailable: The environment \`iree\` could not be made: the package index does not answer.
    [3.0s] environment iree: tool said: error: Failed to fetch: \`https://pypi.org/simple/iree-base-compiler/\`
    [3.0s] environment iree: hint: Set PIP_INDEX_URL to an index you can reach, or build once with network; environments are kept.
    [75.0s] compile cpu-x64-v3 openvino/bfloat16: failed after 1 min 15 s: crashed (SIGSEGV): The compiler was ended by a signal while it made the model.
    [75.0s] compile cpu-x64-v3 openvino/bfloat16: tool said: terminate called after throwing an instance of 'std::bad_variant_access'
    [75.0s] compile cpu-x64-v3 openvino/bfloat16: log: /home/ada/.cache/fettle/logs/compile-cpu-x64-v3-openvino-bfloat16.log
    [75.0s] build: failed after 3 min 25 s
    "
  `);
});

test("an interrupted build", () => {
  expect(log(interrupted.events)).toMatchInlineSnapshot(`
    "[0.0s] building ocr-recogniser: 9 steps, store /home/ada/.cache/fettle
    [0.0s] isolation: bubblewrap (bubblewrap 0.8.0 works here)
    [0.0s] prepare: started
    [0.9s] prepare: finished in 0.9 s
    [0.9s] compile cpu-x64 openvino/float32: started
    [0.9s] compile cpu-x64 tvm/float32: started
    [3.5s] compile cpu-x64 openvino/float32: finished in 2.6 s
    [3.5s] infer cpu-x64 openvino/float32: started
    [6.4s] infer cpu-x64 openvino/float32: failed after 2.9 s: interrupted: The build was stopped by SIGINT.
    [6.5s] compile cpu-x64 tvm/float32: failed after 5.5 s: interrupted: The build was stopped by SIGINT.
    [6.5s] build: interrupted after 6.5 s
    "
  `);
});

test("every line names what it speaks of", () => {
  const subjects = [...accepted.events, ...failures.events].flatMap((event) =>
    event.type === "build-started" ? event.steps.map(({ id }) => id) : [],
  );
  const known = [
    "building ocr-recogniser",
    "building voice",
    "isolation",
    "build",
    "store",
    "environment openvino",
    "environment iree",
    ...subjects,
  ];
  for (const line of log([...accepted.events, ...failures.events])
    .trimEnd()
    .split("\n")) {
    const [, subject = ""] = /^\[-?\d+\.\ds\] ([^:]+): /.exec(line) ?? [];
    expect(known, line).toContain(subject);
  }
});

const progress = (count: number): BuildEvent[] => {
  const bodies: BuildEventBody[] = Array.from({ length: count }, (_, index) => ({
    type: "step-progress",
    step: "compile cpu-x64 tvm/float32",
    text: `trial ${index}`,
    fraction: index / count,
  }));
  const started: BuildEventBody = { type: "step-started", step: "compile cpu-x64 tvm/float32", log: "/logs/tvm.log" };
  return [started, ...bodies].map((body, index) => ({ at: index * 250, ...body }));
};

test("progress of a step is thinned to a line in ten seconds", () => {
  expect(log(progress(100))).toMatchInlineSnapshot(`
    "[0.0s] compile cpu-x64 tvm/float32: started
    [10.0s] compile cpu-x64 tvm/float32: trial 39 (39 %)
    [20.0s] compile cpu-x64 tvm/float32: trial 79 (79 %)
    "
  `);
});

test("verbose shows every progress text and where the log is", () => {
  expect(log(progress(3), { verbose: true })).toMatchInlineSnapshot(`
    "[0.0s] compile cpu-x64 tvm/float32: started, log /logs/tvm.log
    [0.3s] compile cpu-x64 tvm/float32: trial 0 (0 %)
    [0.5s] compile cpu-x64 tvm/float32: trial 1 (33.3 %)
    [0.8s] compile cpu-x64 tvm/float32: trial 2 (66.7 %)
    "
  `);
});

test("colours mark how steps ended and nothing else", () => {
  const [, , ...rest] = log(failures.events.slice(-5, -1), { theme: coloured() }).split("\n");
  expect(rest.slice(0, 2)).toEqual([
    "\u001B[2m[0.0s]\u001B[22m compile cpu-x64-v3 tvm/float32: node: If_0 (If)",
    "\u001B[2m[0.0s]\u001B[22m compile cpu-x64-v3 tvm/float32: log: /home/ada/.cache/fettle/logs/compile-cpu-x64-v3-tvm-float32.log",
  ]);
  expect(log(failures.events.slice(-5, -4), { theme: coloured() })).toContain("\u001B[31mfailed\u001B[39m after 0.7 s");
});

test("text from outside cannot break a line in two or colour the log", () => {
  const note: BuildEvent = { at: 0, type: "note", step: null, message: "one\u001B[31m\r\ntwo\u0007" };
  expect(log([note])).toBe("[0.0s] build: note: one two\n");
});

test.each([
  [{ for: "device", device: "cpu" }, "the processor"],
  [{ for: "device", device: "gpu:GPU-8f6c" }, "the GPU GPU-8f6c"],
  [{ for: "device", device: "accelerator:0000:01:00.0" }, "the accelerator 0000:01:00.0"],
  [{ for: "other-build" }, "another build that makes the same"],
] as const)("a step that waits says for what: %o", (wait, text) => {
  expect(log([{ at: 0, type: "step-waiting", step: "infer", ...wait }])).toContain(`infer: waiting for ${text}`);
});

import { expect, test } from "vitest";
import { planDocument } from "../../../src/report/plan-document.ts";
import { renderPlan } from "../../../src/report/plan-view.ts";
import { allHits, plan, survey } from "../../fixtures/report/plan.ts";
import { plain } from "../../fixtures/report/themes.ts";

test("steps in order, what the store answers, and the estimate", () => {
  expect(renderPlan(plan, survey, { theme: plain(100), explain: false })).toMatchInlineSnapshot(`
    "ocr-recogniser  9 steps for 2 targets

    #  step                                      key           store        estimate
    1  fetch model                               9d38d54f36c3  hit
    2  prepare                                   45666d976bab  hit
    3  compile cpu-x64-native openvino/float32   ab83d8daef6f  miss            2.1 s
    4  infer cpu-x64-native openvino/float32     87272c3c7550  depends         3.1 s
    5  validate cpu-x64-native openvino/float32  61a6a5d27ffa  depends         0.2 s
    6  measure cpu-x64-native openvino/float32   f20d68aca4ce  depends        38.0 s
    7  compile cpu-arm64 tvm/float32             bcb1197d57a9  miss
    8  select cpu-x64-native                     31e6c51863b1  always runs
    9  publish cpu-x64-native                    3c4820e35340  always runs

    cpu-x64-native
      › tvm/int8 is not tried: TVM is driven without quantisation here.

    cpu-arm64
      › tvm/float32 is compiled only: this machine is x86-64 and has no emulator for aarch64

    2 hits, 2 misses, 3 that depend on what comes before, 2 decided in every build; about 43.4 s of work
    by past runs, and 1 step that never ran
    "
  `);
});

test("--explain says of each miss what changed", () => {
  const lines = renderPlan(plan, survey, { theme: plain(100), explain: true }).split("\n");
  expect(lines.filter((line) => line.startsWith("      "))).toEqual([
    "      changed: worker, options.precision",
    "      never made under this recipe",
  ]);
});

test("a narrow terminal keeps step and state", () => {
  expect(
    renderPlan(plan, survey, { theme: plain(60), explain: false })
      .split("\n")
      .slice(2, 6),
  ).toMatchInlineSnapshot(`
    [
      "step                                      store",
      "fetch model                               hit",
      "prepare                                   hit",
      "compile cpu-x64-native openvino/float32   miss",
    ]
  `);
});

test("with every step a hit there is nothing to execute", () => {
  expect(renderPlan(plan, allHits, { theme: plain(), explain: true })).toContain(
    "\n7 hits, 0 misses, 2 decided in every build; nothing to execute\n",
  );
});

test("a step nobody surveyed is unknown, not a hit", () => {
  expect(renderPlan(plan, new Map(), { theme: plain(), explain: false })).toContain(
    "\n0 hits, 0 misses, 9 unknown; no estimate, since none of it ran before\n",
  );
});

test("the JSON twin carries the same", () => {
  const document = planDocument(plan, survey);
  expect(document.totals).toEqual({
    steps: 9,
    hit: 2,
    miss: 2,
    depends: 3,
    always: 2,
    unknown: 0,
    estimateSeconds: 43.4,
    withoutEstimate: 1,
  });
  expect(document.steps[2]).toEqual({
    id: "compile cpu-x64-native openvino/float32",
    kind: "compile",
    target: "cpu-x64-native",
    candidate: "openvino/float32",
    needs: ["prepare"],
    key: plan.steps[2]?.key,
    state: "miss",
    estimateSeconds: 2.1,
    changed: ["worker", "options.precision"],
  });
  expect(document.targets[0]?.untried).toEqual([{ id: "tvm/int8", why: "TVM is driven without quantisation here." }]);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
});

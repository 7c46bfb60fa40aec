import { describe, expect, test } from "vitest";
import type { ExecutionFacts } from "../../../src/domain/facts.ts";
import type { Precision } from "../../../src/domain/precision.ts";
import { judgePrecision } from "../../../src/measure/judge-precision.ts";

function judge(asked: Precision, executedPrecision: ExecutionFacts["executedPrecision"]): string {
  const executed = { executedPrecision, precisionEvidence: "executed", placement: {}, details: {}, notes: [] } as const;
  const verdict = judgePrecision({ asked, executed });
  return verdict.verdict === "accepted" ? "accepted" : `${verdict.reason.code}: ${verdict.reason.message}`;
}

const lowered = { bfloat16: { ops: 0.419, time: 0.9905 }, float32: { ops: 0.581, time: 0.0095 } };
const untimed = { bfloat16: { ops: 0.419, time: null }, float32: { ops: 0.581, time: null } };
const full = { float32: { ops: 0.8, time: 1 }, int64: { ops: 0.2, time: 0 } };

test.each<[Precision, ExecutionFacts["executedPrecision"]]>([
  ["float32", full],
  ["float32", { float64: { ops: 0.5, time: null }, float32: { ops: 0.5, time: null } }],
  ["float32", { float32: { ops: 0.7, time: 0.99 }, bfloat16: { ops: 0.3, time: 0.01 } }],
  ["bfloat16", lowered],
  ["bfloat16", untimed],
  ["int8", { u8: { ops: 0.3, time: 0.5 }, f32: { ops: 0.7, time: 0.5 } }],
  ["int8", { i8: { ops: 0.12, time: null }, float32: { ops: 0.88, time: null } }],
])("%s that ran as asked: %j", (asked, executed) => {
  expect(judge(asked, executed)).toBe("accepted");
});

describe("not as asked", () => {
  test("float32 that ran bfloat16", () => {
    expect(judge("float32", lowered)).toBe(
      "precision-not-executed: asked for float32, executed 99.1 % bfloat16, 0.95 % float32 by time: at most 5 % may run in a coarser precision",
    );
  });

  test("float32 that ran bfloat16, where there are no times", () => {
    expect(judge("float32", untimed)).toContain("executed 58.1 % float32, 41.9 % bfloat16 by operators");
  });

  test("bfloat16 that ran float32", () => {
    expect(judge("bfloat16", full)).toBe(
      "precision-not-executed: asked for bfloat16, executed 100 % float32 by time: at least 50 % must run in bfloat16",
    );
  });

  test("float16 that became bfloat16 without a word", () => {
    expect(judge("float16", lowered)).toContain("precision-not-executed");
    expect(judge("bfloat16", { float16: { ops: 1, time: 1 } })).toContain("precision-not-executed");
  });

  test("int8 whose operators were all put back to float32", () => {
    expect(judge("int8", full)).toContain("at least 25 % must run in int8");
  });

  test.each<[ExecutionFacts["executedPrecision"], string]>([
    [{ float8: { ops: 0.95, time: 0.99 }, float32: { ops: 0.05, time: 0.01 } }, "99 % float8, 1 % float32 by time"],
    [{ u4: { ops: 0.95, time: null }, float32: { ops: 0.05, time: null } }, "95 % u4, 5 % float32 by operators"],
    [{ "?": { ops: 0.99, time: null }, float32: { ops: 0.01, time: null } }, "99 % ?, 1 % float32 by operators"],
    [{ int4: { ops: 1, time: 1 } }, "100 % int4 by time"],
  ])("what no recipe can ask for: %j", (executed, told) => {
    for (const asked of ["float32", "int8"] as const) {
      expect(judge(asked, executed)).toBe(
        `precision-not-executed: asked for ${asked}, executed ${told}: at most 5 % may run in what no recipe can ask for`,
      );
    }
  });

  test("a runtime that tells nothing", () => {
    expect(judge("float32", {})).toBe("precision-not-executed: asked for float32, and the runtime does not say what it executed");
  });
});

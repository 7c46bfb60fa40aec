import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { RunReport } from "../../../src/domain/report.ts";
import { displayWidth } from "../../../src/report/display-width.ts";
import { renderSummary } from "../../../src/report/summary.ts";
import { createTheme } from "../../../src/report/theme.ts";
import * as accepted from "../../fixtures/report/all-accepted.ts";
import * as interrupted from "../../fixtures/report/interrupted.ts";
import * as failures from "../../fixtures/report/mixed-failures.ts";
import * as rejected from "../../fixtures/report/rejected-outputs.ts";
import { coloured, plain } from "../../fixtures/report/themes.ts";

test("everything accepted, at 120 columns", () => {
  expect(renderSummary(accepted.report, plain(120))).toMatchInlineSnapshot(`
    "
    cpu-x64-native  ✔ accepted  measured
      candidate            verdict   max abs  rel L2  metric (reference)  speed v. baseline                p50     size
      onnxruntime/float32  accepted   3.1e-6  1.2e-6                      undecided 1.01x (0.97-1.05)  26.8 ms  10.9 MB
    ★ openvino/bfloat16    accepted     0.10   0.080  0.9811 (0.9831)     1.92x faster (1.80-2.04)     14.1 ms  21.6 MB
      tvm/float32          accepted   3.1e-6  1.2e-6                      0.81x slower (0.78-0.84)     33.5 ms  11.0 MB

      ★ openvino/bfloat16
        artifact  dist/ocr-recogniser/cpu-x64-native  21.6 MB
        digest    sha256:5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a
        ran in    bfloat16 for 99.1 % of the time, float32 for 0.9 % of the time
        latency   p50 14.1 ms, p90 14.8 ms, p95 15.6 ms, p99 n/a: needs 459 samples (400 taken)
        speed     1.92x faster (1.80-2.04); baseline onnxruntime/float32 at 27.1 ms; 2 threads, 40 interleaved rounds, 2
                  disturbed rounds
        cpu time  26.9 ms, baseline 53.2 ms

    cpu-arm64  ✔ accepted  compiled
      candidate    verdict      size
    ★ tvm/float32  accepted  11.0 MB
          not-run-here: This machine is x86-64 and has no emulator for aarch64.

      ★ tvm/float32
        artifact  dist/ocr-recogniser/cpu-arm64  11.0 MB
        digest    sha256:6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b
      · not tried: tvm/bfloat16: TVM's schedule here has no bfloat16 kernels for aarch64.

    › Steps were isolated by kernel namespaces; install bubblewrap for stronger isolation.

    16 steps: 14 executed, 2 cached in 1 min 21 s
    ok: every target met what the recipe requires
    "
  `);
});

test("everything accepted, at 80 columns", () => {
  expect(renderSummary(accepted.report, plain(80))).toMatchInlineSnapshot(`
    "
    cpu-x64-native  ✔ accepted  measured
      candidate            max abs  rel L2  speed v. baseline                p50
    ✔ onnxruntime/float32   3.1e-6  1.2e-6  undecided 1.01x (0.97-1.05)  26.8 ms
    ★ openvino/bfloat16       0.10   0.080  1.92x faster (1.80-2.04)     14.1 ms
          metric (reference) 0.9811 (0.9831)
    ✔ tvm/float32           3.1e-6  1.2e-6  0.81x slower (0.78-0.84)     33.5 ms

      ★ openvino/bfloat16
        artifact  dist/ocr-recogniser/cpu-x64-native  21.6 MB
        digest    sha256:5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a
        ran in    bfloat16 for 99.1 % of the time, float32 for 0.9 % of the time
        latency   p50 14.1 ms, p90 14.8 ms, p95 15.6 ms, p99 n/a: needs 459 samples
                  (400 taken)
        speed     1.92x faster (1.80-2.04); baseline onnxruntime/float32 at 27.1 ms;
                  2 threads, 40 interleaved rounds, 2 disturbed rounds
        cpu time  26.9 ms, baseline 53.2 ms

    cpu-arm64  ✔ accepted  compiled
      candidate    verdict      size
    ★ tvm/float32  accepted  11.0 MB
          not-run-here: This machine is x86-64 and has no emulator for aarch64.

      ★ tvm/float32
        artifact  dist/ocr-recogniser/cpu-arm64  11.0 MB
        digest    sha256:6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b
      · not tried: tvm/bfloat16: TVM's schedule here has no bfloat16 kernels for
        aarch64.

    › Steps were isolated by kernel namespaces; install bubblewrap for stronger
      isolation.

    16 steps: 14 executed, 2 cached in 1 min 21 s
    ok: every target met what the recipe requires
    "
  `);
});

test("failures of every kind, each once, and the sentence that it was not worth it", () => {
  expect(renderSummary(failures.report, plain(110))).toMatchInlineSnapshot(`
    "
    cpu-x64-v3  ✔ accepted  measured
      candidate            verdict   max abs  rel L2  speed v. baseline                p50     size
    ★ onnxruntime/float32  accepted   3.1e-6  1.2e-6  undecided 1.00x (0.99-1.02)  27.0 ms  2.33 MB
          › Optimised at the level \`basic\`: the level \`extended\` fails on this model.
      openvino/bfloat16    failed
          crashed (SIGSEGV)
      tvm/float32          failed
          unsupported-operator (If)
      iree/float32         failed
          environment-unavailable
      iree/int8            failed
          environment-unavailable

      ★ onnxruntime/float32
        artifact  dist/voice/cpu-x64-v3  2.33 MB
        digest    sha256:7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c
        ran in    float32 for 100 % of the time
        latency   p50 27.0 ms, p90 28.3 ms, p95 29.8 ms, p99 n/a: needs 459 samples (400 taken)
        speed     undecided 1.00x (0.99-1.02); baseline onnxruntime/float32 at 27.1 ms; 2 threads, 40 interleaved
                  rounds, 2 disturbed rounds
        cpu time  51.4 ms, baseline 53.2 ms
      not worth it: nothing accepted here is surely faster than the baseline onnxruntime/float32; the best,
        onnxruntime/float32, comes to 1.00x (0.99-1.02). The untouched model serves as well.

    cpu-arm64  ✖ failed  compiled required
      all-failed: every candidate failed
      candidate    verdict
      tvm/float32  failed
          unsupported-operator (If)

    Failures
      ✖ cpu-x64-v3 openvino/bfloat16
          crashed (SIGSEGV): The compiler was ended by a signal while it made the model.
          tool said  terminate called after throwing an instance of 'std::bad_variant_access'
          log        /home/ada/.cache/fettle/logs/compile-cpu-x64-v3-openvino-bfloat16.log
      ✖ cpu-x64-v3 tvm/float32
        cpu-arm64 tvm/float32
          unsupported-operator (If): TVM has no converter for the operator If.
          tool said  tvm.error.OpNotImplemented: The following operators are not supported for frontend ONNX: If,
                     LSTM
          node       If_0 (If)
          log        /home/ada/.cache/fettle/logs/compile-cpu-x64-v3-tvm-float32.log
      ✖ cpu-x64-v3 iree/float32
        cpu-x64-v3 iree/int8
          environment-unavailable: The environment \`iree\` could not be made: the package index does not answer.
          tool said  error: Failed to fetch: \`https://pypi.org/simple/iree-base-compiler/\`
          hint       Set PIP_INDEX_URL to an index you can reach, or build once with network; environments are
                     kept.

    21 steps: 11 executed, 0 cached, 4 failed, 6 skipped in 3 min 25 s
    failed: 1 of 2 targets did not meet what the recipe requires
    "
  `);
});

test("rejected outputs with their worst elements", () => {
  expect(renderSummary(rejected.report, plain(100))).toMatchInlineSnapshot(`
    "
    cpu-x64  ✖ rejected  validated required
      none-accepted: no candidate was accepted
      candidate            verdict    max abs  rel L2  speed v. baseline             p50  proof
      openvino/int8        rejected      0.50    0.20                                     compiled
          output-mismatch: 2 outputs disagree with the reference.
          logits: 412 of 1000 elements differ by more than 1e-5 + 1e-4 x |reference| (none may)
          worst: sample 3, logits[0, 7] is 1.25000 where the reference has 1.27000
          features: relative L2 error 0.2 is above 1e-4; worst at sample 0, [4]: 1.5 where the
            reference has 1
      tvm/float32          rejected       n/a     n/a                                     compiled
          output-not-finite: logits: 12 of 1000 elements not finite.
      openvino/float32     rejected    3.1e-6  1.2e-6                                     compiled
          precision-not-executed: float32 was asked for, but 99 % of the time ran in bfloat16.
      onnxruntime/float32  undecided   3.1e-6  1.2e-6  12.3x faster (11.9-12.8)  2.20 ms  measured
          latency-undecided: p99 must be under 60 ms; that takes 459 samples and 400 were measured.
      › The reference's own noise is 4e-7.

    19 steps: 19 executed, 0 cached in 12.0 s
    rejected: 1 of 1 target did not meet what the recipe requires
    "
  `);
});

test("a narrow terminal gets blocks instead of a table", () => {
  expect(renderSummary(rejected.report, plain(40))).toMatchInlineSnapshot(`
    "
    cpu-x64  ✖ rejected  validated required
      none-accepted: no candidate was
        accepted
    ✖ openvino/int8 rejected
        max abs 0.50
        rel L2 0.20
        proof compiled
        size 412 kB
          output-mismatch: 2 outputs
            disagree with the reference.
          logits: 412 of 1000 elements
            differ by more than 1e-5 + 1e-4
            x |reference| (none may)
          worst: sample 3, logits[0, 7] is
            1.25000 where the reference has
            1.27000
          features: relative L2 error 0.2
            is above 1e-4; worst at sample
            0, [4]: 1.5 where the reference
            has 1
    ✖ tvm/float32 rejected
        max abs n/a
        rel L2 n/a
        proof compiled
        size 388 kB
          output-not-finite: logits: 12 of
            1000 elements not finite.
    ✖ openvino/float32 rejected
        max abs 3.1e-6
        rel L2 1.2e-6
        proof compiled
        size 401 kB
          precision-not-executed: float32
            was asked for, but 99 % of the
            time ran in bfloat16.
    ? onnxruntime/float32 undecided
        max abs 3.1e-6
        rel L2 1.2e-6
        speed v. baseline 12.3x faster (11.9-12.8)
        p50 2.20 ms
        proof measured
        size 512 kB
          latency-undecided: p99 must be
            under 60 ms; that takes 459
            samples and 400 were measured.
      › The reference's own noise is 4e-7.

    19 steps: 19 executed, 0 cached in 12.0
    s
    rejected: 1 of 1 target did not meet
    what the recipe requires
    "
  `);
});

test("an interrupted build", () => {
  expect(renderSummary(interrupted.report, plain(100))).toMatchInlineSnapshot(`
    "
    cpu-x64  ✖ failed  measured required
      interrupted: The build was stopped by SIGINT.
      candidate         verdict
      openvino/float32  failed
          interrupted
      tvm/float32       failed
          interrupted

    9 steps: 2 executed, 0 cached, 2 failed, 5 skipped in 6.5 s
    interrupted: finished steps are in the store, so the next build goes on from there
    "
  `);
});

test("a failure that no candidate has for its own", () => {
  const [target] = interrupted.report.targets;
  const report: RunReport = {
    ...interrupted.report,
    status: "failed",
    targets: target === undefined ? [] : [{ ...target, candidates: [] }],
    failures: [
      { step: "fetch model", reason: "hash-mismatch", message: "The file is not the one the recipe names.", hint: "Check sha256." },
    ],
  };
  expect(renderSummary(report, plain(100))).toMatchInlineSnapshot(`
    "
    cpu-x64  ✖ failed  measured required
      interrupted: The build was stopped by SIGINT.

    Failures
      ✖ fetch model
          hash-mismatch: The file is not the one the recipe names.
          hint       Check sha256.

    9 steps: 2 executed, 0 cached, 2 failed, 5 skipped in 6.5 s
    failed: 1 of 1 target did not meet what the recipe requires
    "
  `);
});

const reports = { accepted, failures, rejected, interrupted };

test.each(Object.entries(reports))("colours add nothing but colours: %s", (_, { report }) => {
  for (const width of [30, 80, 120]) {
    const text = renderSummary(report, coloured(width));
    expect(stripVTControlCharacters(text)).toBe(renderSummary(report, plain(width)));
    expect(text).toContain("\u001B[");
  }
});

test.each(Object.entries(reports))("nothing but a single long word is wider than the screen: %s", (_, { report }) => {
  for (const width of [60, 80, 100, 120]) {
    for (const line of renderSummary(report, plain(width)).split("\n")) {
      if (displayWidth(line) > width) expect(line.trim().split(/\s+/).length, `${width}: ${line}`).toBeLessThanOrEqual(3);
    }
  }
});

test("a console without dingbats gets ASCII only", () => {
  const ascii = createTheme({ colour: false, unicode: false, width: 100 });
  expect(renderSummary(failures.report, ascii)).toMatch(/^[\n\x20-\x7E]*$/);
});

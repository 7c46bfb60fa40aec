import { expect, test } from "vitest";
import { keyLine } from "../../../src/executors/key-line.ts";

const TRACEBACK = `Traceback (most recent call last):
  File "worker.py", line 10, in <module>
    compile(model)
ValueError: an early one

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "worker.py", line 12, in <module>
    raise RuntimeError("x")
openvino.RuntimeError: Operation 'Loop_3' has dynamic rank
`;

test.each([
  ["the last Python exception", TRACEBACK, "openvino.RuntimeError: Operation 'Loop_3' has dynamic rank"],
  [
    "an exception with no name that says error",
    "x\ntvm.base.Unsupported: LSTM node 'enc/LSTM_7'\nbye\n",
    "tvm.base.Unsupported: LSTM node 'enc/LSTM_7'",
  ],
  [
    "a compiler's first error",
    "a.c:3:1: warning: odd\na.c:4:9: error: expected ';'\ncollect2: error: ld returned 1 exit status\n",
    "a.c:4:9: error: expected ';'",
  ],
  [
    "the C++ exception behind an abort",
    "terminate called after throwing an instance of 'std::runtime_error'\n  what():  bad layout\nFatal Python error: Aborted\n",
    "what():  bad layout",
  ],
  [
    "Python's last words in a crash",
    'Fatal Python error: Segmentation fault\n\nCurrent thread 0x1:\n  File "a.py", line 1 in f\n',
    "Fatal Python error: Segmentation fault",
  ],
  [
    "an ONNX Runtime log line",
    "starting\n[E:onnxruntime:, graph.cc:12] Node X has no kernel\ndone\n",
    "[E:onnxruntime:, graph.cc:12] Node X has no kernel",
  ],
  ["the last line where nothing else says anything", "loading\nstopping early\n\n", "stopping early"],
  ["colours are left out", "\u001b[31merror: red\u001b[0m\n", "error: red"],
])("%s", (_, log, line) => {
  expect(keyLine(log)).toBe(line);
});

test("an empty log has none", () => {
  expect(keyLine(" \n\n")).toBeNull();
});

test("a line without end is cut", () => {
  expect(keyLine(`error: ${"x".repeat(10_000)}`)).toHaveLength(400);
});

import { expect, test } from "vitest";
import {
  type ImageOutcome,
  type ImageRow,
  imageOutcomesDocument,
  imagesDocument,
  renderImageOutcomes,
  renderImages,
} from "../../../src/report/images-view.ts";
import { plain } from "../../fixtures/report/themes.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const nothing = { identity: null, id: null, pinned: null, size: null, base: null, why: null };
const rows: ImageRow[] = [
  { ...nothing, name: "onnx", state: "made", identity: digest("1"), id: digest("2"), pinned: `r.example/onnx@${digest("3")}`, size: 367e6 },
  { ...nothing, name: "tvm", state: "missing", identity: digest("4") },
  { ...nothing, name: "vendor", state: "unavailable", why: "The image x of vendor is not named by its digest." },
  { ...nothing, name: "onnx", state: "stale", identity: digest("5"), id: digest("6"), size: 1e9 },
];

test("the list", () => {
  expect(renderImages("podman", rows, plain())).toMatchInlineSnapshot(`
    "images in podman
    toolchain  state        identity          id               size
    onnx       made         1111111111111111  222222222222   367 MB
        r.example/onnx@sha256:3333333333333333333333333333333333333333333333333333333333333333
    tvm        missing      4444444444444444
    vendor     unavailable
        The image x of vendor is not named by its digest.
    onnx       stale        5555555555555555  666666666666  1.00 GB

    \`fettle images build\` makes what is missing; \`pull\` and \`load\` bring it in.
    "
  `);
  expect(imagesDocument("podman", rows)).toEqual({ schema: "fettle.images/1", engine: "podman", images: rows });
});

const outcomes: ImageOutcome[] = [
  { name: "onnx", done: "is whole", details: { files: 3 } },
  { name: "tvm", problems: ["it lacks numpy", "a.py is not as its package brought it"] },
  { name: "scripts", failure: { reason: "environment-unavailable", message: "No.", hint: "Do this.", log: "/l" } },
];

test("outcomes", () => {
  expect(renderImageOutcomes(outcomes, plain())).toMatchInlineSnapshot(`
    "✔ onnx is whole
    ✖ tvm 2 problems
        it lacks numpy
        a.py is not as its package brought it
    ✖ scripts environment-unavailable: No.
        hint: Do this.
        log: /l
    "
  `);
  expect(imageOutcomesDocument("docker", outcomes)).toMatchObject({
    ok: false,
    images: [
      { name: "onnx", ok: true, files: 3 },
      { name: "tvm", ok: false, problems: { length: 2 } },
      { ok: false, failure: { message: "No." } },
    ],
  });
});

test("a cause that several images share is told once, with their names", () => {
  const failure = (name: string, identity: string): ImageOutcome => ({
    name,
    failure: {
      reason: "environment-unavailable",
      message: `podman could not push to 127.0.0.1:5005/t/${name}:${identity}: the registry could not be reached.`,
      hint: "Check the network.",
      log: `/logs/${name}.log`,
    },
  });
  const other: ImageOutcome = { name: "tvm", failure: { reason: "interrupted", message: "Stopped." } };
  const outcomes = [failure("onnx", "1f35490baa770b82"), other, failure("onnxruntime", "26976e557ce001c1")];
  expect(renderImageOutcomes(outcomes, plain())).toMatchInlineSnapshot(`
    "✖ onnx environment-unavailable: podman could not push to 127.0.0.1:5005/t/onnx:1f35490baa770b82: the registry could not be reached.
        the same: onnxruntime
        hint: Check the network.
        log: /logs/onnx.log
    ✖ tvm interrupted: Stopped.
    "
  `);
});

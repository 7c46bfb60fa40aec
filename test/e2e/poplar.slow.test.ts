import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import { reportOf } from "../rig/project.ts";

test("without the maker's image the candidate says what is missing and how to name it, and other targets go on", async () => {
  const targets = "{ ipu-mk2: { toolchains: [poplar], require: compiled }, cpu-arm64: { toolchains: [fake], require: compiled } }";
  const [project] = await fakeDigits({ targets });
  const built = await project.run("build", "digits.yaml", "--executor", "sandbox", "--json");
  expect(built.code).toBe(3);
  const [ipu, arm] = reportOf(built).targets;
  expect(ipu).toMatchObject({
    status: "unavailable",
    candidates: [{ id: "poplar/float32", failure: { reason: "environment-unavailable" } }],
  });
  expect(ipu?.candidates[0]?.failure?.message).toContain("Graphcore's Poplar SDK");
  expect(ipu?.candidates[0]?.failure?.hint).toContain("containers: { images: { poplar: NAME@sha256:DIGEST } }");
  expect(arm).toMatchObject({ status: "accepted", proof: "compiled" });
});

test("the model is prepared apart for it, in the opset it reads", async () => {
  const [project] = await fakeDigits({ targets: "{ ipu-mk2: { toolchains: [poplar], require: compiled } }" });
  const built = await project.run("build", "digits.yaml", "--executor", "sandbox");
  expect(built.stdout + built.stderr).toMatch(/prepare model opset-11: (finished|cached).*opset 11/);
});

import { expect, test } from "vitest";
import { fettle } from "../rig/cli.ts";
import { linkEnvironments, prepareEnvironments } from "../rig/prepared-home.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

test.each(["auto", "namespaces", "process"])("a build under isolation `%s` compiles and compares", async (isolation) => {
  const home = scratchFolder("home");
  linkEnvironments(home, await prepareEnvironments(["onnx", "onnxruntime", "scripts", "tvm", "openvino"]));
  const cwd = scratchFolder("isolated");
  const args = ["build", inRepository("recipes/digits.yaml"), "--target", "cpu-arm64", "--isolation", isolation, "--json"];
  const ended = await fettle(args, { cwd, env: { FETTLE_HOME: home } });
  expect(JSON.parse(ended.stdout)).toMatchObject({ status: "ok", targets: [{ winner: { candidate: "tvm/float32" } }] });
  expect(ended.code).toBe(0);
});

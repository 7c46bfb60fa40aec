import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeProject, type Project, reportOf, writeDigits } from "../rig/project.ts";

const TVM = { targets: "{ cpu-arm64: { toolchains: [tvm], require: compiled } }" };
/** A port of this machine where nobody listens: the answer is a refusal at once. */
const NOWHERE = "http://127.0.0.1:9/simple";

function cutOff(project: Project): void {
  Object.assign(project.variables, {
    ...{
      PIP_CONFIG_FILE: "/dev/null",
      PIP_INDEX_URL: NOWHERE,
      PIP_EXTRA_INDEX_URL: "",
      PIP_FIND_LINKS: "",
      PIP_RETRIES: "0",
      PIP_DEFAULT_TIMEOUT: "2",
    },
    ...{ UV_DEFAULT_INDEX: NOWHERE, UV_HTTP_RETRIES: "0", HTTP_PROXY: "", HTTPS_PROXY: "", http_proxy: "", https_proxy: "", all_proxy: "" },
  });
}

test("without a package index: the environment that could not be made, why, what would help; what needs none is still done", async () => {
  const project = makeProject();
  writeDigits(project, TVM);
  cutOff(project);
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(3);
  const report = reportOf(built);
  const failure = report.failures.find((each) => each.step === "prepare model");
  expect(failure).toMatchObject({
    reason: "environment-unavailable",
    message: expect.stringMatching(/^The environment onnx could not be made/),
  });
  expect(failure?.message).toContain("the package index could not be reached");
  expect(failure?.hint).toContain("`index-url`");
  expect(existsSync(failure?.log ?? "")).toBe(true);
  expect(report.targets[0]).toMatchObject({ status: "failed", winner: null });
  expect(report.targets[0]?.candidates[0]?.reason).toMatchObject({ code: "dependency-failed" });

  const again = await project.run("build", "digits.yaml", "--json");
  expect(reportOf(again).steps).toMatchObject({ executed: 0, failed: 1 });
});

test("a package that cannot be fetched is named, with what to look at", async () => {
  const project = makeProject();
  writeDigits(project, TVM);
  cutOff(project);
  project.write(
    "digits.yaml",
    project.read("digits.yaml").replace("{ path: digits/digits.onnx }", "{ pypi: some-models==1.0, file: some_models/m.onnx }"),
  );
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(3);
  expect(reportOf(built).failures).toMatchObject([
    {
      step: "fetch model",
      reason: "fetch-failed",
      message: expect.stringContaining("some-models==1.0"),
      hint: expect.stringContaining("Check the network"),
    },
  ]);
  expect(existsSync(join(project.path, "dist"))).toBe(false);
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("an address where nobody listens is said to be that", async () => {
  const project = makeProject();
  writeDigits(project, TVM);
  const url = `http://127.0.0.1:${await closedPort()}/m.onnx`;
  project.write("digits.yaml", project.read("digits.yaml").replace("{ path: digits/digits.onnx }", `{ url: "${url}" }`));
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(3);
  expect(reportOf(built).failures[0]).toMatchObject({
    reason: "fetch-failed",
    message: expect.stringMatching(/ could not be downloaded: connect ECONNREFUSED /),
  });
});

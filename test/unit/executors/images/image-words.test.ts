import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lockedPackages } from "../../../../src/domain/locked-packages.ts";
import { parsePipConfig } from "../../../../src/executors/environments/pip-settings.ts";
import { buildArgv, proxiesIn } from "../../../../src/executors/images/build-argv.ts";
import { pipConfigurationText } from "../../../../src/executors/images/build-context.ts";
import { imageTag, isLoopback, isPinned } from "../../../../src/executors/images/image-layout.ts";
import { pullArgv } from "../../../../src/executors/images/pull-image.ts";
import { compareWithLock } from "../../../../src/executors/images/verify-image.ts";
import { inRepository } from "../../../rig/repository.ts";

const WORDS = {
  ...{ context: "/tmp/context", idFile: "/tmp/id", base: "localhost/base:1", labels: { "a.b": "c d" }, fresh: false },
  ...{ secrets: { ca: "/etc/ca.pem", pipconf: null }, proxies: ["https_proxy"] },
};

test("the words of a build", () => {
  expect(buildArgv({ ...WORDS, engine: "docker" })).toEqual([
    ...["build", "--iidfile", "/tmp/id", "--file", "/tmp/context/Containerfile", "--build-arg", "BASE=localhost/base:1"],
    ...["--label", "a.b=c d", "--secret", "id=ca,src=/etc/ca.pem", "--build-arg", "https_proxy", "--progress", "plain", "/tmp/context"],
  ]);
  const podman = buildArgv({ ...WORDS, engine: "podman", fresh: true });
  expect(podman).toContain("--no-cache");
  expect(podman).not.toContain("--progress");
  expect(podman.filter((word) => /^(nofile|nproc)=\d+:\d+$/.test(word))).toHaveLength(2);
});

test("proxies are passed on by name, so that no word holds a password", () => {
  expect(proxiesIn({ HTTPS_PROXY: "http://user:secret@proxy", no_proxy: "", OTHER: "x" })).toEqual(["HTTPS_PROXY"]);
});

test.each([
  ["podman", "127.0.0.1:5005/a/b", ["pull", "--tls-verify=false", "127.0.0.1:5005/a/b"]],
  ["podman", "localhost:5000/a", ["pull", "--tls-verify=false", "localhost:5000/a"]],
  ["podman", "localhost.example/a", ["pull", "localhost.example/a"]],
  ["podman", "registry.example/127.0.0.1/a", ["pull", "registry.example/127.0.0.1/a"]],
  ["docker", "127.0.0.1:5005/a/b", ["pull", "127.0.0.1:5005/a/b"]],
] as const)("%s pulls %s", (engine, reference, words) => expect(pullArgv(engine, reference)).toEqual(words));

test.each([
  [`registry.example/a@sha256:${"0".repeat(64)}`, true],
  [`registry.example/a:tag@sha256:${"0".repeat(64)}`, true],
  ["registry.example/a:latest", false],
  [`registry.example/a@sha256:${"0".repeat(63)}`, false],
  [`a b@sha256:${"0".repeat(64)}`, false],
])("%s is by digest: %s", (reference, pinned) => expect(isPinned(reference)).toBe(pinned));

test("names", () => {
  expect(imageTag("toy", `sha256:${"0123456789abcdef".repeat(4)}`)).toBe("localhost/fettle/toy:0123456789abcdef");
  expect(isLoopback("[::1]:5000/a")).toBe(true);
});

test("pip's addresses go into a build, its folders of this machine do not", () => {
  const listing = [
    "global.index-url='https://mirror.example/simple'",
    `global.extra-index-url='file://${inRepository("containers")} https://other.example/simple'`,
    "global.find-links='/'",
    ":env:.proxy='http://proxy:3128'",
    "global.trusted-host='mirror.example'",
    "global.cert='/etc/ca.pem'",
  ].join("\n");
  expect(pipConfigurationText(parsePipConfig(listing))).toBe(
    "[global]\nindex-url = https://mirror.example/simple\nextra-index-url = https://other.example/simple\nproxy = http://proxy:3128\ntrusted-host = mirror.example\n",
  );
  expect(pipConfigurationText(parsePipConfig("global.find-links='/'"))).toBe("");
});

describe("what is installed against the lock", () => {
  const locked = lockedPackages(
    'numpy==2.4.6 \\\n    --hash=sha256:00\nTyping_Extensions[x]==4.16.0 ; python_version < "3.13" \\\n# six==1.0\n',
  );

  test("the lock's entries", () => {
    expect(locked).toEqual([
      { name: "numpy", version: "2.4.6", conditional: false },
      { name: "typing-extensions", version: "4.16.0", conditional: true },
    ]);
  });

  test.each([
    [{ numpy: "2.4.6", "typing-extensions": "4.16.0" }, []],
    [{ numpy: "2.4.6" }, []],
    [{ "typing-extensions": "4.16.0" }, ["it lacks numpy"]],
    [{ numpy: "2.4.5", pip: "23.0" }, ["it has numpy 2.4.5, the lock has 2.4.6", "it has pip 23.0, which the lock has not"]],
  ])("%j", (installed, problems) => expect(compareWithLock(locked, installed)).toEqual(problems));
});

describe("the Containerfiles", () => {
  const files = ["images", "onnx", "onnxruntime", "openvino", "scripts", "tvm"].map((name) =>
    inRepository(`containers/${name}/Containerfile`),
  );

  test.each(files)("%s is from the one base, by digest, and installs by the one installer, as nobody", (file) => {
    const text = readFileSync(file, "utf8");
    const base = /^ARG BASE=(\S+)$/m.exec(text)?.[1] ?? "";
    expect(isPinned(base)).toBe(true);
    expect(readFileSync(files[0] ?? "", "utf8")).toContain(`ARG BASE=${base}\n`);
    const steps = text.split("\n").filter((line) => /^[A-Z]+ /.test(line) && !line.startsWith("LABEL"));
    expect(steps.slice(1)).toEqual([
      `FROM $${"{BASE}"}`,
      "COPY requirements.lock install-requirements /opt/fettle/",
      "RUN --mount=type=secret,id=ca --mount=type=secret,id=pipconf /opt/fettle/install-requirements",
      "USER 65534:65534",
    ]);
    expect(join(file, "..") === inRepository("containers/images") || text.includes("org.opencontainers.image.licenses=")).toBe(true);
  });
});

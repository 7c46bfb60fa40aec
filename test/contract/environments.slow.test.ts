import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EnvironmentHandle } from "../../src/domain/environment.ts";
import type { Failure } from "../../src/domain/failure.ts";
import { createEnvironments } from "../../src/executors/environments/create-environments.ts";
import { createSandbox } from "../../src/executors/sandbox/create-sandbox.ts";
import { removeFolder } from "../../src/system/remove-folder.ts";
import { command, NEVER, run } from "../rig/commands.ts";
import { scratchFolder } from "../rig/scratch.ts";
import { environmentsContract } from "./suites/environments.ts";

// The real uv, brought in by the real pip from the index this machine is set up for: needs the network.
const LOCK = fileURLToPath(new URL("../fixtures/environments/numpy.lock", import.meta.url));
const lockText = readFileSync(LOCK, "utf8");

/** No uv on PATH, so that the pinned one is brought in. */
const env = {
  ...process.env,
  PATH: (process.env.PATH ?? "")
    .split(":")
    .filter((folder) => !folder.includes("/.local/bin"))
    .join(":"),
};

async function failureOf(changes: NodeJS.ProcessEnv, text = lockText): Promise<Failure> {
  const lock = join(scratchFolder("lock"), "requirements.lock");
  writeFileSync(lock, text);
  const made = await createEnvironments({ root: scratchFolder("store"), env: { ...env, ...changes } }).ensure(
    { name: "toy", lock },
    { signal: NEVER },
  );
  if (made.ok) throw new Error("it was made");
  expect(made.error).toMatchObject({ reason: "environment-unavailable", log: expect.any(String), hint: expect.any(String) });
  return made.error;
}

describe("with uv brought in", () => {
  environmentsContract({ make: (root) => createEnvironments({ root, env }), lockText });
});

test("making an environment runs nothing of a package's, its start files neither", async () => {
  const wheels = scratchFolder("wheels");
  const mark = join(wheels, "ran-free");
  execFileSync("python3", ["-c", HOSTILE_WHEEL, wheels, mark]);
  const hash = createHash("sha256")
    .update(readFileSync(join(wheels, "hostile-1.0-py3-none-any.whl")))
    .digest("hex");
  const lock = join(scratchFolder("lock"), "requirements.lock");
  writeFileSync(lock, `# requires-python: >=3.11,<3.14\nhostile==1.0 --hash=sha256:${hash}\n`);
  const made = await createEnvironments({ root: scratchFolder("store"), env: { ...env, UV_NO_INDEX: "1", UV_FIND_LINKS: wheels } }).ensure(
    { name: "hostile", lock },
    { signal: NEVER },
  );
  if (!made.ok) throw new Error(`${made.error.message} ${made.error.keyLine ?? ""}`);
  const [library = ""] = readdirSync(join(made.value.root, "lib"));
  const packages = join(made.value.root, "lib", library, "site-packages");
  expect(existsSync(join(packages, "hostile.pth"))).toBe(true);
  expect(readdirSync(join(packages, "__pycache__")).join()).toContain("hostile_module.cpython-");
  expect(existsSync(mark)).toBe(false);
});

const HOSTILE_WHEEL = `
import sys, zipfile
wheels, mark = sys.argv[1:]
files = {
    "hostile.pth": f"import pathlib; pathlib.Path({mark!r}).touch()\\n",
    "hostile_module.py": "x = 1\\n",
    "broken.py": "this is not Python\\n",
    "hostile-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: hostile\\nVersion: 1.0\\n",
    "hostile-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
record = "hostile-1.0.dist-info/RECORD"
with zipfile.ZipFile(f"{wheels}/hostile-1.0-py3-none-any.whl", "w") as wheel:
    for name, text in {**files, record: "".join(f"{name},,\\n" for name in [*files, record])}.items():
        wheel.writestr(name, text)
`;

describe("a real environment", () => {
  let root: string;
  let handle: EnvironmentHandle;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "fettle-store-"));
    const made = await createEnvironments({ root, env }).ensure({ name: "numpy", lock: LOCK }, { signal: NEVER });
    if (!made.ok) throw new Error(`${made.error.message} ${made.error.keyLine ?? ""}`);
    handle = made.value;
  });

  afterAll(() => removeFolder(root));

  test("its packages work in every isolation", async () => {
    for (const mode of ["bubblewrap", "namespaces", "process"] as const) {
      const sandbox = await createSandbox({ mode });
      if (!sandbox.ok) {
        process.stderr.write(`\nNOT RUN in ${mode}: ${sandbox.error.message}\n`);
        continue;
      }
      const spec = command(["python", "-c", "import numpy; print(int(numpy.ones((3, 3)).sum()))"], { environment: handle });
      expect(await run(sandbox.value.executor, spec)).toMatchObject({ exit: { code: 0 }, log: "9\n" });
    }
  });

  test("with it in the store, no network is needed", async () => {
    const offline = { ...env, HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
    expect(await createEnvironments({ root, env: offline }).ensure({ name: "numpy", lock: LOCK }, { signal: NEVER })).toEqual({
      ok: true,
      value: handle,
    });
  });
});

describe("why a real environment could not be made", () => {
  const unreachable = {
    HTTPS_PROXY: "http://127.0.0.1:9",
    HTTP_PROXY: "http://127.0.0.1:9",
    ALL_PROXY: "http://127.0.0.1:9",
    PIP_RETRIES: "0",
    UV_HTTP_RETRIES: "0",
  };

  test("no network", async () => {
    expect((await failureOf(unreachable)).message).toMatch(/could not be reached/);
  });

  test("a certificate authority that is not the index's", async () => {
    const other = join(scratchFolder("ca"), "ca.pem");
    writeFileSync(other, "");
    const failure = await failureOf({
      SSL_CERT_FILE: other,
      PIP_CERT: other,
      SSL_CERT_DIR: scratchFolder("ca"),
      REQUESTS_CA_BUNDLE: other,
      PIP_RETRIES: "0",
    });
    expect(failure.message).toMatch(/TLS certificate is not trusted|could not be reached/);
  });

  test("a package that is not the one the lock names", async () => {
    const failure = await failureOf({}, lockText.replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${"0".repeat(64)}`));
    expect(failure.message).toMatch(/wrong hash/);
  });

  test("no wheel for this platform", async () => {
    const failure = await failureOf({}, `pywin32==311 --hash=sha256:${"0".repeat(64)}\n`);
    expect(failure.message).toMatch(/no wheel for this platform/);
  });
});

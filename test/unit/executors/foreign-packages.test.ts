import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foreignCommands, foreignIdentity, lockedEntries } from "../../../src/executors/environments/foreign-packages.ts";
import { scratchFolder } from "../../rig/scratch.ts";

const LOCK = `# made by uv
numpy==2.4.6 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via -r requirements.in
runtime==1.0 \\
    --hash=sha256:cc \\
    --hash=sha256:dd
    # via -r requirements.in
runtime-extra==1.0 \\
    --hash=sha256:ee
`;

test("a package's entry is its pin and all its hashes, and no other's", () => {
  expect(lockedEntries(LOCK, ["runtime"])).toBe("runtime==1.0 \\\n    --hash=sha256:cc \\\n    --hash=sha256:dd\n");
  expect(lockedEntries(LOCK, ["runtime-extra", "numpy"])).toBe(
    "runtime-extra==1.0 \\\n    --hash=sha256:ee\nnumpy==2.4.6 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n",
  );
  expect(() => lockedEntries(LOCK, ["extra"])).toThrow("the lock has no extra");
});

test("installed into a folder of the architecture's own, by hash and for no older a C library than targets have", async () => {
  const folder = scratchFolder("environment");
  mkdirSync(folder, { recursive: true });
  const parts = { uv: "/uv", folder, lock: LOCK, packages: { aarch64: ["runtime"] } };
  const [command, ...others] = await foreignCommands({ ...parts, platform: "linux-x86_64" });
  expect(others).toEqual([]);
  expect(command?.join(" ").replaceAll(folder, "ENV")).toBe(
    "/uv pip sync --python ENV/bin/python --target ENV/foreign/aarch64 --python-platform aarch64-manylinux_2_28 --require-hashes --only-binary :all: ENV/foreign/aarch64.lock",
  );
  expect(readFileSync(join(folder, "foreign/aarch64.lock"), "utf8")).toBe(lockedEntries(LOCK, ["runtime"]));
  expect(await foreignCommands({ ...parts, platform: "linux-aarch64" })).toEqual([]);
});

test("they are in an environment's digest only where they are installed", () => {
  expect(foreignIdentity("linux-x86_64", { aarch64: ["b", "a"] })).toEqual({ "aarch64-manylinux_2_28": ["a", "b"] });
  expect(foreignIdentity("linux-aarch64", { aarch64: ["a"] })).toBeNull();
  expect(foreignIdentity("linux-x86_64")).toBeNull();
});

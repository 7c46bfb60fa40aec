import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Diagnostic } from "../../../../src/domain/diagnostic.ts";
import type { Lock } from "../../../../src/engine/lock/lock-form.ts";
import { lockText } from "../../../../src/engine/lock/lock-text.ts";
import { readLock } from "../../../../src/engine/lock/read-lock.ts";
import { formatDiagnostics } from "../../../../src/report/diagnostics.ts";
import { plain } from "../../../fixtures/report/themes.ts";
import { scratchFolder } from "../../../rig/scratch.ts";
import { digestOf, environmentPin, imagePin, recipePin, toyLock } from "../../../rig/toy-locks.ts";

async function readBack(text: string): Promise<Lock | string> {
  const folder = scratchFolder("lock");
  writeFileSync(join(folder, "fettle.lock"), text);
  const read = await readLock("fettle.lock", folder, "fettle lock a.yaml");
  return read.ok ? read.value.lock : told(read.error);
}

const told = (faults: readonly Diagnostic[]) => formatDiagnostics(faults, plain());

const full = toyLock({
  recipes: {
    "b/ü name.yaml": recipePin({ uses: { environments: ["tvm", "iree"] } }),
    "a.yaml": recipePin({
      model: { sha256: "0123456789abcdef".repeat(4), from: "pypi:x==1.0/x.onnx", external: { "w: #1.bin": digestOf("w") } },
    }),
  },
  environments: {
    tvm: environmentPin("tvm", { "linux-x86_64": "3.11.7", "linux-aarch64": "3.12.3" }),
    "./own.lock": environmentPin("own", {}),
  },
  images: { tvm: imagePin("tvm", { "linux-x86_64": `r.example/tvm@${digestOf("image")}` }), iree: imagePin("i") },
  toolchains: { tvm: "0.10", iree: "3", anvil: "1e3" },
});

test("a lock is what was written, versions that look like numbers included", async () => {
  expect(await readBack(lockText(full))).toEqual(full);
});

test("the order things were found in does not show in the bytes", () => {
  const turned = (value: object): object => {
    const entries = Object.entries(value).reverse();
    const isMap = (each: unknown): each is object => typeof each === "object" && each !== null && !Array.isArray(each);
    return Object.fromEntries(entries.map(([name, each]) => [name, isMap(each) ? turned(each) : each]));
  };
  expect(lockText(turned(full) as Lock)).toBe(lockText(full));
});

test("one entry a line, the format and Fettle first, for people who review it", () => {
  const lines = lockText(toyLock()).split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "# Written by `fettle lock`: commit it, and do not edit it.",
    "# `fettle build --locked` refuses anything else than what stands here.",
    "",
    "lock: 1",
    "fettle: 1.2.0",
  ]);
  expect(lines).toContain('  tvm: "0.27"');
  expect(lines).toContain(`  cpu-x64: ${digestOf("target")}`);
});

test("line ends of another system do not matter", async () => {
  expect(await readBack(lockText(full).replaceAll("\n", "\r\n"))).toEqual(full);
});

test.each([
  [
    "a merge gone wrong",
    (text: string) => text.replace(/^toolchains:/m, "<<<<<<< HEAD\ntoolchains:"),
    /fettle\.lock:\d+:1 error\[lock-invalid\] a merge left both versions/,
  ],
  ["a cut", (text: string) => text.slice(0, text.length - 10), /fettle\.lock:\d+:\d+ error\[lock-invalid\] no SHA-256 digest/],
  [
    "an edited key",
    (text: string) => text.replace("fettle:", "fetle:"),
    /fettle\.lock:5:1 error\[lock-invalid\] the lock has no key `fetle`/,
  ],
  ["a key twice", (text: string) => `${text}toolchains: {}\n`, /error\[lock-invalid\] the key `toolchains` is given twice/],
  ["no YAML", () => "lock: [", /error\[lock-invalid\]/],
  ["an empty file", () => "", /error\[lock-invalid\]/],
  [
    "a newer format",
    (text: string) => text.replace("lock: 1", "lock: 2"),
    /fettle\.lock:4:7 error\[lock-version\] the lock has format 2.*Fettle 1\.2\.0 wrote it/,
  ],
])("%s is told with its place and what to do", async (_, damage, said) => {
  const text = await readBack(damage(lockText(toyLock())));
  expect(text).toMatch(said);
  expect(text).toMatch(/hint: /);
});

test("a lock that is not there says how to write it", async () => {
  const read = await readLock("fettle.lock", scratchFolder("none"), "fettle lock a.yaml");
  expect(read.ok ? "" : told(read.error)).toBe(
    "error[lock-not-found] there is no lock file fettle.lock\n  hint: write it: `fettle lock a.yaml`",
  );
});

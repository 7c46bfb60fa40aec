import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withDir } from "tmp-promise";
import { expect, test } from "vitest";
import type { Failure } from "../../../src/domain/failure.ts";
import { openTextFile } from "../../../src/report/text-file.ts";

const never = (failure: Failure): void => {
  throw new Error(failure.message);
};

function open(path: string, onFailure: (failure: Failure) => void = never) {
  const opened = openTextFile(path, onFailure);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

test("what was appended is in the file at once, folders are made, and an old file is emptied", async () => {
  await withDir(
    async ({ path }) => {
      const name = join(path, "deep/er/events.ndjson");
      const first = open(name);
      first.append("something longer than what follows\n");
      first.close();
      const file = open(name);
      file.append("one\n");
      expect(readFileSync(name, "utf8")).toBe("one\n");
      file.append("two ü\n");
      expect(readFileSync(name, "utf8")).toBe("one\ntwo ü\n");
      file.close();
    },
    { unsafeCleanup: true },
  );
});

test("a tail stands at the end until the next append replaces it, also by a shorter one", async () => {
  await withDir(
    async ({ path }) => {
      const name = join(path, "trace.json");
      const file = open(name);
      file.append("[1", "\n  ]\n");
      expect(readFileSync(name, "utf8")).toBe("[1\n  ]\n");
      file.append(",2", "]");
      expect(readFileSync(name, "utf8")).toBe("[1,2]");
      file.close();
      expect(readFileSync(name, "utf8")).toBe("[1,2]");
    },
    { unsafeCleanup: true },
  );
});

test("a path that cannot be written is a failure, not a crash", async () => {
  await withDir(
    async ({ path }) => {
      mkdirSync(join(path, "folder"));
      const opened = openTextFile(join(path, "folder"), never);
      expect(opened).toEqual({
        ok: false,
        error: {
          reason: "read-only",
          message: `The file ${path}/folder cannot be written: EISDIR: illegal operation on a directory, open '${path}/folder'`,
        },
      });
    },
    { unsafeCleanup: true },
  );
});

test("a full disk is told once, and writing goes on without harm", () => {
  const failures: Failure[] = [];
  const file = open("/dev/full", (failure) => failures.push(failure));
  for (let index = 0; index < 3; index++) file.append("x\n");
  file.close();
  expect(failures).toEqual([
    { reason: "disk-full", message: "The file /dev/full cannot be written: ENOSPC: no space left on device, write" },
  ]);
});

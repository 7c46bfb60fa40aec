import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Failure } from "../../../src/domain/failure.ts";
import type { Result } from "../../../src/domain/result.ts";
import type { ActionRecord, ArtifactStore, StoreProblem } from "../../../src/domain/store.ts";
import { scratchFolder } from "../../rig/scratch.ts";
import { keyOf, recordFor } from "../../rig/store-records.ts";

type Open = (root: string, onDamage: (problem: StoreProblem) => void) => Promise<Result<ArtifactStore, Failure>>;

interface Left {
  readonly done: Result<ActionRecord, Failure>;
  readonly store: ArtifactStore;
  /** The folder of the store's half-made things. */
  readonly work: string;
}

/** What a hostile command leaves in `out/`, or in place of it: nothing of it may reach out of the store, stay for ever, or take minutes. */
export function hostileResultsContract(open: Open): void {
  async function commit(leave: (out: string) => void, maxBytes = 1e9): Promise<Left> {
    const root = scratchFolder("store");
    const opened = await open(root, () => {});
    if (!opened.ok) throw new Error(opened.error.message);
    const store = opened.value;
    onTestFinished(() => store.close());
    const workspace = await store.workspace("hostile");
    if (!workspace.ok) throw new Error(workspace.error.message);
    leave(join(workspace.value.path, "out"));
    const done = await store.commit(workspace.value, recordFor(keyOf("hostile")), { maxBytes });
    await workspace.value.discard();
    return { done, store, work: join(workspace.value.path, "..") };
  }

  /** Refused in words, and nothing of it is left. */
  async function expectRefused(leave: (out: string) => void, why: RegExp, reason = "garbage-output", maxBytes?: number): Promise<void> {
    const { done, store, work } = await commit(leave, maxBytes);
    expect(done).toMatchObject({ ok: false, error: { reason, message: expect.stringMatching(why) } });
    expect(await store.lookup(keyOf("hostile"))).toBeNull();
    expect(readdirSync(work)).toEqual([]);
  }

  /** A file of the user's that nobody may change; tells whether anybody did. */
  function bystander(): { folder: string; file: string; isUntouched(): boolean } {
    const folder = scratchFolder("bystander");
    const file = join(folder, "private");
    writeFileSync(file, "a secret", { mode: 0o600 });
    chmodSync(folder, 0o700);
    const now = () =>
      JSON.stringify([statSync(folder).mode, statSync(file).mode, statSync(file).nlink, readFileSync(file, "utf8"), readdirSync(folder)]);
    const before = now();
    return { folder, file, isUntouched: () => now() === before };
  }

  describe("links", () => {
    test("out/ itself replaced by a link: where it leads nothing is read, opened or changed", async () => {
      const { folder, isUntouched } = bystander();
      await expectRefused((out) => {
        rmSync(out, { recursive: true });
        symlinkSync(folder, out);
      }, /out is not a folder any more/);
      expect(isUntouched()).toBe(true);
    });

    test.each([
      ["to a file of the user's", (out: string, at: { file: string }) => symlinkSync(at.file, join(out, "model"))],
      ["to a folder of the user's", (out: string, at: { folder: string }) => symlinkSync(at.folder, join(out, "model"))],
      [
        "by way of a link inside",
        (out: string, at: { folder: string }) => {
          symlinkSync(at.folder, join(out, "a"));
          symlinkSync("a/private", join(out, "model"));
        },
      ],
    ])("a link that leaves the results, %s", async (_, leave) => {
      const at = bystander();
      await expectRefused((out) => leave(out, at), /is a link that leaves the results/);
      expect(at.isUntouched()).toBe(true);
    });

    test("a link in the place where a copy would be made aside does not lead the copy out", async () => {
      const { file, isUntouched } = bystander();
      await commit((out) => {
        writeFileSync(join(out, "payload"), "malice");
        symlinkSync("payload", join(out, "a"));
        symlinkSync(file, join(out, "a.fettle-copy"));
      });
      expect(isUntouched()).toBe(true);
    });

    test("a hard link to another file leaves that one as it was, and is kept as a copy", async () => {
      const { folder, file } = bystander();
      const { done, store } = await commit((out) => linkSync(file, join(out, "model")));
      if (!done.ok) throw new Error(done.error.message);
      expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777, readFileSync(file, "utf8")]).toEqual([0o600, 0o700, "a secret"]);
      expect(statSync(join(store.treePath(done.value.tree), "model")).ino).not.toBe(statSync(file).ino);
    });

    test("a thousand links to one large file are not a thousand copies", async () => {
      const leave = (out: string) => {
        writeFileSync(join(out, "large"), Buffer.alloc(1e6));
        for (let index = 0; index < 1000; index += 1) symlinkSync("large", join(out, `link-${index}`));
      };
      await expectRefused(leave, /larger than the 10\.0 MB it may be/, "output-too-large", 10e6);
    });
  });

  describe("what is no file, or no folder", () => {
    test.each([
      ["a pipe", (out: string) => execFileSync("mkfifo", [join(out, "bad")])],
      [
        "a socket",
        (out: string) =>
          execFileSync("python3", ["-c", `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(join(out, "bad"))})`]),
      ],
    ])("%s is refused, and nobody waits for it", async (_, leave) => {
      await expectRefused(leave, /bad is neither a file nor a folder/);
    });

    test("out/ replaced by a file, or gone", async () => {
      await expectRefused((out) => {
        rmSync(out, { recursive: true });
        writeFileSync(out, "a file");
      }, /out is not a folder any more/);
      await expectRefused((out) => rmSync(out, { recursive: true }), /out is not a folder any more/);
    });

    test("a program that runs with its owner's rights loses them, and could not be reached before", async () => {
      let between = 0;
      const { done, store } = await commit((out) => {
        writeFileSync(join(out, "tool"), "#!/bin/sh\n");
        chmodSync(join(out, "tool"), 0o6755);
        between = statSync(join(out, "../..")).mode & 0o777;
      });
      if (!done.ok) throw new Error(done.error.message);
      expect(statSync(join(store.treePath(done.value.tree), "tool")).mode & 0o7777).toBe(0o555);
      expect(between).toBe(0o700);
    });
  });

  describe("too much", () => {
    // Reading it would take longer than a test may.
    test("a sparse file of 100 GB is refused, unread", async () => {
      const leave = (out: string) => {
        writeFileSync(join(out, "sparse"), "");
        truncateSync(join(out, "sparse"), 100e9);
      };
      await expectRefused(leave, /larger than the 64\.0 GB it may be: sparse alone is 100\.0 GB/, "output-too-large", 64e9);
    });

    test("folders ten thousand deep are refused, and go", async () => {
      const leave = (out: string) => void execFileSync("python3", ["-c", DEEP, out]);
      await expectRefused(leave, /lies too deep/);
    });
  });

  describe("names", () => {
    test.each([
      ["a file", 'open(os.path.join(root, b"bad\\xff"), "w")'],
      ["a folder with a file in it", 'os.makedirs(os.path.join(root, b"bad\\xff")); open(os.path.join(root, b"bad\\xff/x"), "w")'],
    ])("%s whose name is not UTF-8 is refused, and goes", async (_, make) => {
      const leave = (out: string) => void execFileSync("python3", ["-c", `import os, sys\nroot = os.fsencode(sys.argv[1])\n${make}`, out]);
      await expectRefused(leave, /has a name that is not UTF-8/);
    });

    test("line ends, quotes, escapes and the longest name there is are names like any other", async () => {
      const names = ["a\nb", 'quo"te', "\u001b[2J", "x".repeat(255), "..."];
      const { done, store } = await commit((out) => {
        for (const name of names) writeFileSync(join(out, name), name);
        symlinkSync("a\nb", join(out, "y".repeat(255)));
      });
      if (!done.ok) throw new Error(done.error.message);
      expect(done.value.tree.files.map(({ path }) => path)).toEqual([...names, "y".repeat(255)].sort());
      for (const name of names) expect(readFileSync(join(store.treePath(done.value.tree), name), "utf8")).toBe(name);
    });
  });

  test("a workspace that its command removed is no crash", async () => {
    const { done } = await commit((out) => renameSync(join(out, ".."), `${join(out, "..")}-elsewhere`));
    expect(done).toMatchObject({ ok: false, error: { reason: "garbage-output" } });
  });
}

const DEEP = `
import os, sys
os.chdir(sys.argv[1])
for _ in range(10_000):
    os.mkdir("deeper")
    os.chdir("deeper")
`;

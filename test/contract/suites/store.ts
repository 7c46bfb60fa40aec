import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Digest } from "../../../src/domain/digest.ts";
import type { Failure } from "../../../src/domain/failure.ts";
import type { Result } from "../../../src/domain/result.ts";
import type { ActionRecord, ArtifactStore, StoreProblem } from "../../../src/domain/store.ts";
import { scratchFolder } from "../../rig/scratch.ts";
import { keyOf, recordFor } from "../../rig/store-records.ts";

/** Opens the store under test in a folder. */
export type OpenStore = (root: string, onDamage: (problem: StoreProblem) => void) => Promise<Result<ArtifactStore, Failure>>;

/** What every store must do. `treeRoot` and `recordPath` say where a store keeps things on disk, so that damage can be done. */
export interface StoreContract {
  readonly open: OpenStore;
  recordPath(root: string, key: Digest): string;
}

export function storeContract({ open, recordPath }: StoreContract): void {
  async function fresh(root = scratchFolder("store")): Promise<{ store: ArtifactStore; root: string; damage: StoreProblem[] }> {
    const damage: StoreProblem[] = [];
    const opened = await open(root, (problem) => damage.push(problem));
    if (!opened.ok) throw new Error(opened.error.message);
    onTestFinished(() => opened.value.close());
    return { store: opened.value, root, damage };
  }

  async function commit(store: ArtifactStore, name: string, fill: (out: string) => void): Promise<Result<ActionRecord, Failure>> {
    const workspace = await store.workspace(name);
    if (!workspace.ok) throw new Error(workspace.error.message);
    fill(join(workspace.value.path, "out"));
    const done = await store.commit(workspace.value, recordFor(keyOf(name)));
    await workspace.value.discard();
    return done;
  }

  async function committed(store: ArtifactStore, name: string, fill: (out: string) => void = twoFiles): Promise<ActionRecord> {
    const done = await commit(store, name, fill);
    if (!done.ok) throw new Error(done.error.message);
    return done.value;
  }

  describe("commit and lookup", () => {
    test("what was committed is found again, by another opening too", async () => {
      const { store, root } = await fresh();
      const record = await committed(store, "a");
      expect(record).toMatchObject(recordFor(keyOf("a")));
      expect(record.tree.files.map(({ path, size, executable }) => ({ path, size, executable }))).toEqual([
        { path: "model.xml", size: 7, executable: false },
        { path: "tools/run", size: 9, executable: true },
      ]);
      const { store: other } = await fresh(root);
      expect(await other.lookup(keyOf("a"))).toEqual(record);
      expect(readFileSync(join(other.treePath(record.tree), "tools/run"), "utf8")).toBe("#!/bin/sh");
    });

    test("an unknown key is a miss without damage", async () => {
      const { store, damage } = await fresh();
      expect(await store.lookup(keyOf("never"))).toBeNull();
      expect(damage).toEqual([]);
    });

    test("equal contents give one tree, whatever their order, times and folders without files", async () => {
      const { store } = await fresh();
      const first = await committed(store, "first", (out) => {
        writeFileSync(join(out, "a"), "1");
        writeFileSync(join(out, "b"), "2");
      });
      const second = await committed(store, "second", (out) => {
        writeFileSync(join(out, "b"), "2", { mode: 0o600 });
        writeFileSync(join(out, "a"), "1");
        mkdirSync(join(out, "empty/inner"), { recursive: true });
      });
      expect(second.tree).toEqual(first.tree);
      expect(await store.lookup(keyOf("second"))).toEqual(second);
      expect((await store.statistics()).trees).toBe(1);
    });

    test("stored files and folders are read-only", async () => {
      const { store } = await fresh();
      const { tree } = await committed(store, "a");
      const path = store.treePath(tree);
      expect([".", "model.xml", "tools", "tools/run"].map((name) => (statSync(join(path, name)).mode & 0o777).toString(8))).toEqual([
        "555",
        "444",
        "555",
        "555",
      ]);
    });

    test("a link to a file inside becomes that file", async () => {
      const { store } = await fresh();
      const { tree } = await committed(store, "links", (out) => {
        writeFileSync(join(out, "lib.so.1"), "library");
        symlinkSync("lib.so.1", join(out, "lib.so"));
      });
      expect(tree.files.map(({ path }) => path)).toEqual(["lib.so", "lib.so.1"]);
      rmSync(join(store.treePath(tree), "nothing"), { force: true });
      expect(readFileSync(join(store.treePath(tree), "lib.so"), "utf8")).toBe("library");
    });

    test.each([
      ["leaves the results", (out: string) => symlinkSync("/etc/hostname", join(out, "bad"))],
      ["is a link to nothing", (out: string) => symlinkSync("gone", join(out, "bad"))],
      ["is a link to something that is not a file", (out: string) => symlinkSync(".", join(out, "bad"))],
      ["is neither a file nor a folder", (out: string) => void execFileSync("mkfifo", [join(out, "bad")])],
    ])("a result that %s is refused", async (why, fill) => {
      const { store } = await fresh();
      const done = await commit(store, "bad", fill);
      expect(done).toMatchObject({
        ok: false,
        error: { reason: "garbage-output", message: expect.stringMatching(`^The result bad .*${why}`) },
      });
      expect(await store.lookup(keyOf("bad"))).toBeNull();
    });

    test("a file with a second name outside is kept as a copy that this name cannot change", async () => {
      const { store } = await fresh();
      const outside = join(scratchFolder("outside"), "name");
      const { tree } = await committed(store, "hard", (out) => {
        writeFileSync(join(out, "file"), "right");
        linkSync(join(out, "file"), outside);
      });
      writeFileSync(outside, "wrong");
      expect(readFileSync(join(store.treePath(tree), "file"), "utf8")).toBe("right");
      expect(await store.lookup(keyOf("hard"))).not.toBeNull();
    });

    test("folders that a tool made read-only are taken and can go again", async () => {
      const { store } = await fresh();
      const { tree } = await committed(store, "locked", (out) => {
        mkdirSync(join(out, "deep"));
        writeFileSync(join(out, "deep/file"), "x", { mode: 0o000 });
        chmodSync(join(out, "deep"), 0o000);
      });
      expect(tree.files.map(({ path }) => path)).toEqual(["deep/file"]);
    });
  });

  describe("damage", () => {
    const damages: [string, (place: { tree: string; record: string }) => void][] = [
      ["changed contents, same size and times", ({ tree }) => rewriteSilently(join(tree, "model.xml"), "<mOdel>")],
      ["a truncated file", ({ tree }) => overwrite(join(tree, "model.xml"), "<mod")],
      ["a file that is gone", ({ tree }) => removeFrom(tree, "model.xml")],
      ["a file too many", ({ tree }) => writeFileSync(join(opened(tree), "extra"), "")],
      ["a tree that is gone", ({ tree }) => rmSync(opened(tree), { recursive: true })],
      ["a truncated record", ({ record }) => writeFileSync(record, readFileSync(record, "utf8").slice(0, -20))],
      [
        "a record with another result",
        ({ record }) => writeFileSync(record, readFileSync(record, "utf8").replace("0.0000025", "0.0000026")),
      ],
      ["an empty record", ({ record }) => writeFileSync(record, "")],
    ];
    test.each(damages)("%s is a miss that is told and heals", async (_, harm) => {
      const { store, root, damage } = await fresh();
      const { tree } = await committed(store, "a");
      harm({ tree: store.treePath(tree), record: recordPath(root, keyOf("a")) });
      expect(await store.lookup(keyOf("a"))).toBeNull();
      expect(damage).toHaveLength(1);
      expect(await store.lookup(keyOf("a"))).toBeNull();
      expect(damage).toHaveLength(1);
      const again = await committed(store, "a");
      expect(again.tree).toEqual(tree);
      expect(await store.lookup(keyOf("a"))).toEqual(again);
      expect(readFileSync(join(store.treePath(tree), "model.xml"), "utf8")).toBe("<model>");
    });

    test("a record under another key is not taken for that key's", async () => {
      const { store, root, damage } = await fresh();
      await committed(store, "a");
      writeFileSync(recordPath(root, keyOf("b")), readFileSync(recordPath(root, keyOf("a"))));
      expect(await store.lookup(keyOf("b"))).toBeNull();
      expect(damage).toMatchObject([{ problem: "belongs to another key" }]);
    });

    test("new times on the same contents are no damage", async () => {
      const { store, damage } = await fresh();
      const record = await committed(store, "a");
      utimesSync(join(store.treePath(record.tree), "model.xml"), 1, 1);
      expect(await store.lookup(keyOf("a"))).toEqual(record);
      expect(damage).toEqual([]);
    });

    test("a damaged tree that another key names is replaced by the next commit of the same contents", async () => {
      const { store } = await fresh();
      const { tree } = await committed(store, "a");
      overwrite(join(store.treePath(tree), "model.xml"), "broken!");
      await committed(store, "b");
      expect(readFileSync(join(store.treePath(tree), "model.xml"), "utf8")).toBe("<model>");
      expect(await store.lookup(keyOf("a"))).not.toBeNull();
    });

    test("verify names and removes what rotted, records that stand on it too", async () => {
      const { store, root } = await fresh();
      const { tree } = await committed(store, "a");
      await committed(store, "b", (out) => writeFileSync(join(out, "b"), "fine"));
      writeFileSync(recordPath(root, keyOf("c")), "{}");
      expect(await store.verify()).toEqual([{ path: recordPath(root, keyOf("c")), problem: "is not a record" }]);
      rewriteSilently(join(store.treePath(tree), "model.xml"), "<mOdel>");
      expect(await store.verify()).toEqual([
        { path: join(store.treePath(tree), "model.xml"), problem: "has other contents than were stored" },
      ]);
      expect(await store.verify()).toEqual([]);
      expect(await store.lookup(keyOf("a"))).toBeNull();
      expect(await store.lookup(keyOf("b"))).not.toBeNull();
    });
  });

  describe("workspaces, logs and memory", () => {
    test("a workspace has an empty out/ and goes away when discarded", async () => {
      const { store } = await fresh();
      const made = await store.workspace("compile cpu-x64 a/b");
      if (!made.ok) throw new Error(made.error.message);
      expect(readdirSync(made.value.path)).toEqual(["out"]);
      await made.value.discard();
      expect(existsSync(made.value.path)).toBe(false);
    });

    test("two log paths of one label differ", async () => {
      const { store } = await fresh();
      expect(store.logPath("step")).not.toBe(store.logPath("step"));
    });

    test("a memory comes back, per recipe and step", async () => {
      const { store, root } = await fresh();
      const memory = { definition: { kind: "compile", options: [1, 2] }, contentKey: keyOf("m"), seconds: 3.5 };
      expect(await store.recall("digits", "compile")).toBeNull();
      await store.remember("digits", "compile", memory);
      const { store: other } = await fresh(root);
      expect(await other.recall("digits", "compile")).toEqual(memory);
      expect(await other.recall("voice", "compile")).toBeNull();
      await other.remember("digits", "compile", { ...memory, seconds: 4 });
      expect(await store.recall("digits", "compile")).toEqual({ ...memory, seconds: 4 });
    });
  });

  describe("prune", () => {
    const all = { olderThan: null, maxBytes: 0, dryRun: false };

    test("what was not used since a time goes, what was looked up stays", async () => {
      const { store, root } = await fresh();
      await committed(store, "old", (out) => writeFileSync(join(out, "f"), "old"));
      await committed(store, "used", (out) => writeFileSync(join(out, "f"), "used"));
      for (const name of ["old", "used"]) utimesSync(recordPath(root, keyOf(name)), 1000, 1000);
      await store.lookup(keyOf("used"));
      const options = { olderThan: 2_000_000, maxBytes: null, dryRun: true };
      const expected = { removedActions: 1, removedTrees: 1, removedEnvironments: 0, freedBytes: expect.any(Number) };
      expect(await store.prune(options)).toEqual({ ok: true, value: expected });
      expect(await store.lookup(keyOf("used"))).not.toBeNull();
      expect((await store.statistics()).actions).toBe(2);
      expect(await store.prune({ ...options, dryRun: false })).toEqual({ ok: true, value: expected });
      expect(await store.lookup(keyOf("old"))).toBeNull();
      expect(await store.lookup(keyOf("used"))).not.toBeNull();
    });

    test("down to a size, the least recently used go first; a shared tree goes with its last record", async () => {
      const { store, root } = await fresh();
      const fill = (text: string) => (out: string) => writeFileSync(join(out, "f"), text.repeat(100_000));
      await committed(store, "a", fill("shared"));
      await committed(store, "b", fill("shared"));
      await committed(store, "c", fill("single"));
      for (const [index, name] of ["a", "c", "b"].entries()) utimesSync(recordPath(root, keyOf(name)), 1000 + index, 1000 + index);
      expect(await store.prune({ olderThan: null, maxBytes: 700_000, dryRun: false })).toMatchObject({
        ok: true,
        value: { removedActions: 2, removedTrees: 1 },
      });
      expect(await store.lookup(keyOf("b"))).not.toBeNull();
    });

    test("nothing is removed while somebody else has the store open", async () => {
      const { store, root } = await fresh();
      await committed(store, "a");
      const { store: other } = await fresh(root);
      expect(await other.prune(all)).toMatchObject({ ok: false, error: { reason: "store-in-use" } });
      expect(await other.lookup(keyOf("a"))).not.toBeNull();
      await store.close();
      expect(await other.prune(all)).toMatchObject({ ok: true, value: { removedActions: 1, removedTrees: 1 } });
    });
  });
}

function twoFiles(out: string): void {
  writeFileSync(join(out, "model.xml"), "<model>");
  mkdirSync(join(out, "tools"));
  writeFileSync(join(out, "tools/run"), "#!/bin/sh", { mode: 0o744 });
}

function overwrite(path: string, text: string): void {
  chmodSync(path, 0o644);
  writeFileSync(path, text);
  chmodSync(path, 0o444);
}

function rewriteSilently(path: string, text: string): void {
  const { atime, mtime } = statSync(path);
  overwrite(path, text);
  utimesSync(path, atime, mtime);
}

function opened(folder: string): string {
  execFileSync("chmod", ["-R", "u+w", folder]);
  return folder;
}

function removeFrom(folder: string, name: string): void {
  chmodSync(folder, 0o755);
  rmSync(join(folder, name));
  chmodSync(folder, 0o555);
}

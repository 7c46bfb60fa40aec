import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { EnvironmentHandle, Environments } from "../../../src/domain/environment.ts";
import { NEVER } from "../../rig/commands.ts";
import { scratchFolder } from "../../rig/scratch.ts";

/** Environments under test: `make` gives a new view, as another process would have it, of those kept under `root`. */
export interface EnvironmentsContract {
  make(root: string): Environments;
  /** Text of a lock file that can be made on this machine. */
  readonly lockText: string;
}

export function environmentsContract({ make, lockText }: EnvironmentsContract): void {
  function lockFileOf(text = lockText): string {
    const path = join(scratchFolder("lock"), "requirements.lock");
    writeFileSync(path, text);
    return path;
  }

  async function ensured(environments: Environments, lock: string, name = "toy"): Promise<EnvironmentHandle> {
    const made = await environments.ensure({ name, lock }, { signal: NEVER });
    if (!made.ok) throw new Error(`${made.error.message} ${made.error.keyLine ?? ""}`);
    return made.value;
  }

  describe("identity", () => {
    test("it is the lock's bytes that count, not their place or name; nothing is made for it", async () => {
      const root = scratchFolder("store");
      const first = await make(root).identify({ name: "toy", lock: lockFileOf() });
      const second = await make(root).identify({ name: "other", lock: lockFileOf() });
      const changed = await make(root).identify({ name: "toy", lock: lockFileOf(`${lockText}\n# changed\n`) });
      if (!first.ok || !second.ok || !changed.ok) throw new Error("not identified");
      expect(second.value).toEqual({ ...first.value, name: "other" });
      expect(changed.value.digest).not.toBe(first.value.digest);
      expect(first.value.python).toMatch(/^3\.\d+\.\d+$/);
      expect(existsSync(join(root, "environments"))).toBe(false);
    });

    test("a lock for a Python that is not here says which were found", async () => {
      const identity = await make(scratchFolder("store")).identify({
        name: "toy",
        lock: lockFileOf(`# requires-python: >=4.2,<4.3\n${lockText}`),
      });
      expect(identity).toMatchObject({
        ok: false,
        error: {
          reason: "environment-unavailable",
          message: expect.stringMatching(/^The environment toy .*>=4\.2,<4\.3 .*(found: cpython 3|none was found)/),
        },
      });
    });

    test("a lock that is not there is told with its path", async () => {
      const identity = await make(scratchFolder("store")).identify({ name: "toy", lock: "/no/such.lock" });
      expect(identity).toMatchObject({
        ok: false,
        error: { reason: "environment-unavailable", message: expect.stringContaining("/no/such.lock") },
      });
    });
  });

  describe("making", () => {
    test("it is made once, complete and read-only, and found by every other view", async () => {
      const root = scratchFolder("store");
      const lock = lockFileOf();
      const views = [make(root), make(root), make(root)];
      const handles = await Promise.all(views.map((view) => ensured(view, lock)));
      const [handle] = handles;
      if (handle === undefined) return;
      expect(new Set(handles.map(({ root: place }) => place)).size).toBe(1);
      expect(statSync(join(handle.root, "bin/python")).isFile()).toBe(true);
      expect([handle.root, join(handle.root, "bin"), join(handle.root, "lib")].map((path) => statSync(path).mode & 0o222)).toEqual([
        0, 0, 0,
      ]);
      expect(existsSync(join(handle.root, "complete.json"))).toBe(true);
      expect(readdirSync(join(root, "environments"))).toHaveLength(1);
      expect(await ensured(make(root), lock, "another-name")).toEqual({ ...handle, name: "another-name" });
    });

    test("one that lost its mark or its Python is made anew", async () => {
      const root = scratchFolder("store");
      const lock = lockFileOf();
      const { root: place } = await ensured(make(root), lock);
      chmodSync(place, 0o755);
      writeFileSync(join(place, "complete.json"), "");
      writeFileSync(join(place, "stray"), "");
      await ensured(make(root), lock);
      expect(existsSync(join(place, "stray"))).toBe(false);
    });

    test("stopping it is no failure of the environment", async () => {
      const made = await make(scratchFolder("store")).ensure({ name: "toy", lock: lockFileOf() }, { signal: AbortSignal.abort() });
      expect(made).toMatchObject({ ok: false, error: { reason: "interrupted" } });
    });
  });
}

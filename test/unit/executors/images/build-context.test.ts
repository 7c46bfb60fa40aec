import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ENGINE_NAMES } from "../../../../src/domain/command.ts";
import { openStore } from "../../../../src/store/open-store.ts";
import { startChild } from "../../../rig/child.ts";
import { NEVER } from "../../../rig/commands.ts";
import { fakeEngine } from "../../../rig/fake-engine.ts";
import { gatedBuild, lastLine } from "../../../rig/gated-build.ts";
import { imageSite, toyToolchain } from "../../../rig/image-environments.ts";
import { scratchFolder } from "../../../rig/scratch.ts";

const PIP_INDEX_URL = "https://user:secret@mirror.example/simple";

describe.each(ENGINE_NAMES)("what a build in %s reads of this machine", (name) => {
  test("nobody else's command takes it from under a build, nor from under a client that outlives a killed Fettle; then it is swept", async () => {
    const { spec, root, open, waitFor } = gatedBuild({ PIP_INDEX_URL });
    const building = startChild("image-child.ts", [name, root, spec.lock]);
    await waitFor("build");
    const [context = ""] = contextsIn(root);
    expect(statSync(context).mode & 0o777).toBe(0o700);
    await useStore(root);
    expect(readFileSync(join(context, "pip.conf"), "utf8")).toContain(PIP_INDEX_URL);
    building.kill("SIGKILL");
    await building.ended;
    await useStore(root);
    expect(contextsIn(root)).toEqual([context]);
    open();
    const sweep = async () => {
      await useStore(root);
      expect(readdirSync(join(root, "work"))).toEqual([]);
    };
    await vi.waitFor(sweep, { timeout: 20_000 });
  });

  test("the next build removes what a killed one left, and its own", async () => {
    const { spec, root, open, waitFor } = gatedBuild({ PIP_INDEX_URL });
    const killed = startChild("image-child.ts", [name, root, spec.lock]);
    await waitFor("build");
    killed.kill("SIGKILL");
    await killed.ended;
    const next = startChild("image-child.ts", [name, root, spec.lock]);
    expect(await next.line()).toBe("progress waiting for another process that makes it");
    open();
    expect(await lastLine(next)).toMatch(/^made sha256:/);
    expect(readdirSync(join(root, "work"))).toEqual([]);
  });

  test("a store whose path has a comma in it serves too", async () => {
    const fake = fakeEngine({ env: { PIP_INDEX_URL } });
    const root = join(scratchFolder("store"), 'a, "b"');
    const made = await imageSite(await fake.detect(name), { root }).environments.ensure(toyToolchain(), { signal: NEVER });
    expect(made).toMatchObject({ ok: true });
    expect(fake.calls().join("\n")).toContain(`index-url = ${PIP_INDEX_URL}`);
  });
});

function contextsIn(root: string): string[] {
  const work = join(root, "work");
  return readdirSync(work)
    .filter((entry) => !entry.endsWith(".lock"))
    .map((entry) => join(work, entry));
}

/** What any command does that uses the store. */
async function useStore(root: string): Promise<void> {
  const store = await openStore({ root, onDamage: () => {} });
  if (!store.ok) throw new Error(store.error.message);
  await store.value.close();
}

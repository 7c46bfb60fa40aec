import { expect, test } from "vitest";
import { mergeLocks } from "../../../../src/engine/lock/merge-locks.ts";
import { digestOf, environmentPin, imagePin, recipePin, toyLock } from "../../../rig/toy-locks.ts";

const here = () => true;
const tvm = (packages: string, platforms: Readonly<Record<string, string>>) =>
  toyLock({ environments: { tvm: environmentPin(packages, platforms) } });

test("a first lock is what was found", () => {
  expect(mergeLocks(null, [toyLock()], here)).toEqual(toyLock());
});

test("locking again changes nothing", () => {
  expect(mergeLocks(toyLock(), [toyLock()], here)).toEqual(toyLock());
});

test("another machine adds its platform and leaves the others", () => {
  const merged = mergeLocks(tvm("tvm", { "linux-x86_64": "3.11.7" }), [tvm("tvm", { "linux-aarch64": "3.12.3" })], here);
  expect(merged.environments.tvm).toEqual(environmentPin("tvm", { "linux-x86_64": "3.11.7", "linux-aarch64": "3.12.3" }));
});

test("other packages void what other platforms were locked to", () => {
  const merged = mergeLocks(tvm("tvm", { "linux-x86_64": "3.11.7" }), [tvm("newer", { "linux-aarch64": "3.12.3" })], here);
  expect(merged.environments.tvm).toEqual(environmentPin("newer", { "linux-aarch64": "3.12.3" }));
});

test("two machines with other patches of one Python do not write the file to and fro", () => {
  const merged = mergeLocks(tvm("tvm", { "linux-x86_64": "3.11.7" }), [tvm("tvm", { "linux-x86_64": "3.11.2" })], here);
  expect(merged.environments.tvm?.platforms["linux-x86_64"]?.python).toBe("3.11.7");
});

test("another minor version of Python is taken", () => {
  const merged = mergeLocks(tvm("tvm", { "linux-x86_64": "3.11.7" }), [tvm("tvm", { "linux-x86_64": "3.12.1" })], here);
  expect(merged.environments.tvm?.platforms["linux-x86_64"]?.python).toBe("3.12.1");
});

test("recipes that were not asked about stay with what they use; one whose file is gone goes with it", () => {
  const other = recipePin({ uses: { environments: ["iree"], toolchains: ["iree"], workers: ["iree"], targets: ["cpu-arm64"] } });
  const earlier = toyLock({
    recipes: { "a.yaml": recipePin(), "b.yaml": other },
    environments: { tvm: environmentPin("old", {}), iree: environmentPin("iree", {}) },
    toolchains: { tvm: "0.26", iree: "3.9" },
    workers: { tvm: digestOf("worker"), iree: digestOf("iree") },
    targets: { "cpu-x64": digestOf("target"), "cpu-arm64": digestOf("arm") },
  });
  const kept = mergeLocks(earlier, [toyLock()], here);
  expect(Object.keys(kept.recipes)).toEqual(["a.yaml", "b.yaml"]);
  expect(kept.toolchains).toEqual({ tvm: "0.27", iree: "3.9" });
  expect(kept.environments.iree).toEqual(environmentPin("iree", {}));
  expect(mergeLocks(earlier, [toyLock()], (recipe) => recipe !== "b.yaml")).toEqual(toyLock());
});

test("images keep what other platforms were locked to, and the registry's image where this machine only built its own", () => {
  const lockOf = (made: string, pinned: Readonly<Record<string, string | null>>) => toyLock({ images: { tvm: imagePin(made, pinned) } });
  const merged = (before: ReturnType<typeof lockOf>, now: ReturnType<typeof lockOf>) => mergeLocks(before, [now], here).images.tvm;
  const [arm, x64, built] = [{ "linux-aarch64": "r/tvm@sha256:a" }, { "linux-x86_64": "r/tvm@sha256:b" }, { "linux-x86_64": null }];
  expect(merged(lockOf("one", arm), lockOf("one", x64))).toEqual(imagePin("one", { ...arm, ...x64 }));
  expect(merged(lockOf("one", x64), lockOf("one", built))).toEqual(imagePin("one", x64));
  expect(merged(lockOf("one", x64), lockOf("two", built))).toEqual(imagePin("two", built));
});

test("a lock that is written without an engine keeps the images, unless their packages are others now", () => {
  const earlier = toyLock({ images: { tvm: imagePin("one") } });
  expect(mergeLocks(earlier, [toyLock()], here)).toEqual(earlier);
  expect(mergeLocks(earlier, [tvm("newer", { "linux-x86_64": "3.11.7" })], here).images).toEqual({});
});

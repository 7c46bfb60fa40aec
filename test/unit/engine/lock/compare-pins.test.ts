import { describe, expect, test } from "vitest";
import { comparePins } from "../../../../src/engine/lock/compare-pins.ts";
import type { Lock } from "../../../../src/engine/lock/lock-form.ts";
import { staleEntries } from "../../../../src/engine/lock/stale-entries.ts";
import { digestOf, environmentPin, imagePin, recipePin, toyLock } from "../../../rig/toy-locks.ts";

const MACHINE = { platform: "linux-x86_64", relock: "fettle lock a.yaml" };
const compare = (locked: Lock, here: Lock) => comparePins(locked, here, MACHINE);
const pathsOf = (locked: Lock, here: Lock) => compare(locked, here).differences.map(({ path }) => path.join("/"));

test("what is locked passes, without a word", () => {
  expect(compare(toyLock(), toyLock())).toEqual({ differences: [], leniencies: [] });
});

const changes: [string, Partial<Lock>, string[]][] = [
  ["another Fettle", { fettle: "1.3.0" }, ["fettle"]],
  ["other packages", { environments: { tvm: environmentPin("x", { "linux-x86_64": "3.11.7" }) } }, ["environments/tvm/requirements"]],
  [
    "another Python",
    { environments: { tvm: environmentPin("tvm", { "linux-x86_64": "3.12.0" }) } },
    ["environments/tvm/platforms/linux-x86_64/python"],
  ],
  ["a toolchain more", { toolchains: { tvm: "0.27", iree: "3.9" } }, ["toolchains/iree"]],
  ["a changed worker", { workers: { tvm: digestOf("x") } }, ["workers/tvm"]],
  ["a changed target", { targets: { "cpu-x64": digestOf("x") } }, ["targets/cpu-x64"]],
  [
    "another model",
    { recipes: { "a.yaml": recipePin({ model: { sha256: "f".repeat(64), from: null, external: {} } }) } },
    ["recipes/a.yaml/model/sha256"],
  ],
  [
    "weights beside the model",
    { recipes: { "a.yaml": recipePin({ model: { sha256: "0123456789abcdef".repeat(4), from: null, external: { w: digestOf("w") } } }) } },
    ["recipes/a.yaml/model/external/w"],
  ],
  [
    "data added",
    { recipes: { "a.yaml": recipePin({ data: { "data.py": digestOf("data"), "b.npz": digestOf("b") } }) } },
    ["recipes/a.yaml/data/b.npz"],
  ],
  ["data removed", { recipes: { "a.yaml": recipePin({ data: {} }) } }, ["recipes/a.yaml/data/data.py"]],
  ["an image", { images: { tvm: imagePin("x") } }, ["images/tvm"]],
  ["another recipe", { recipes: { "b.yaml": recipePin() } }, ["recipes/b.yaml"]],
];
test.each(changes)("%s is refused, once", (_, change, paths) => {
  expect(pathsOf(toyLock(), toyLock(change))).toEqual(paths);
});

test("each difference says what is here, what is locked and what mends it", () => {
  const [found] = compare(toyLock(), toyLock({ toolchains: { tvm: "0.28" } })).differences;
  expect(found).toEqual({
    path: ["toolchains", "tvm"],
    message: "the toolchain tvm is not what the lock has: 0.28 here, locked 0.27",
    locked: "0.27",
    here: "0.28",
    mend: "if that is meant, `fettle lock a.yaml`",
  });
});

test("what the lock has beyond what is needed does no harm to a build, and is out of date", () => {
  const locked = toyLock({ toolchains: { tvm: "0.27", iree: "3.9" } });
  expect(compare(locked, toyLock()).differences).toEqual([]);
  expect(staleEntries(locked, toyLock(), "fettle lock a.yaml").map(({ path }) => path)).toEqual([["toolchains", "iree"]]);
});

test("a file that data and metric share is told once", () => {
  const both = (text: string) => recipePin({ data: { "f.py": digestOf(text) }, metric: { "f.py": digestOf(text) } });
  const [locked, here] = [toyLock({ recipes: { "a.yaml": both("1") } }), toyLock({ recipes: { "a.yaml": both("2") } })];
  expect(pathsOf(locked, here)).toEqual(["recipes/a.yaml/data/f.py"]);
});

test("one interpreter for many environments is one difference", () => {
  const at = (python: string) => ({
    a: environmentPin("a", { "linux-x86_64": python }),
    b: environmentPin("b", { "linux-x86_64": python }),
  });
  const { differences } = compare(toyLock({ environments: at("3.11.7") }), toyLock({ environments: at("3.13.1") }));
  expect(differences).toMatchObject([
    { message: "the Python of the environments a, b is not what the lock has: 3.13.1 here, locked 3.11.7" },
  ]);
});

describe("a lock made on another machine", () => {
  const on = (platforms: Readonly<Record<string, string>>) => toyLock({ environments: { tvm: environmentPin("tvm", platforms) } });

  test("another patch of the same Python passes and is told", () => {
    expect(compare(on({ "linux-x86_64": "3.11.7" }), on({ "linux-x86_64": "3.11.2" }))).toEqual({
      differences: [],
      leniencies: [{ kind: "python", environment: "tvm", locked: "3.11.7", here: "3.11.2" }],
    });
  });

  test("a platform it was never written on passes with the same packages and is told", () => {
    expect(compare(on({ "linux-aarch64": "3.11.7" }), on({ "linux-x86_64": "3.12.2" }))).toEqual({
      differences: [],
      leniencies: [{ kind: "platform", environment: "tvm", locked: null, here: "3.12.2" }],
    });
  });

  test("the same Python with another identity is refused", () => {
    const here = on({ "linux-x86_64": "3.11.7" });
    const pin = here.environments.tvm?.platforms["linux-x86_64"];
    if (pin === undefined) throw new Error("the toy lock has no platform");
    const platforms = { "linux-x86_64": { ...pin, identity: digestOf("x") } };
    const changed = toyLock({ environments: { tvm: { ...environmentPin("tvm", {}), platforms } } });
    expect(pathsOf(changed, here)).toEqual(["environments/tvm/platforms/linux-x86_64/identity"]);
  });
});

describe("images", () => {
  const images = (made: string, pinned?: Readonly<Record<string, string | null>>) => toyLock({ images: { tvm: imagePin(made, pinned) } });
  const AT = "images/tvm/platforms/linux-x86_64";

  test("another base is told as such, and not as another identity too", () => {
    const here = images("b");
    const other = { ...here.images.tvm?.platforms["linux-x86_64"], base: digestOf("other"), identity: digestOf("b"), pinned: null };
    expect(pathsOf(images("a"), toyLock({ images: { tvm: { platforms: { "linux-x86_64": other } } } }))).toEqual([`${AT}/base`]);
  });

  test("a mirror's name for the same base is no difference", () => {
    const named = (name: string) => {
      const pin = { base: `${name}@${digestOf("base")}`, identity: digestOf("a"), pinned: null };
      return toyLock({ images: { tvm: { platforms: { "linux-x86_64": pin } } } });
    };
    expect(pathsOf(named("docker.io/library/python"), named("mirror.example/python"))).toEqual([]);
  });

  test("another Containerfile is another identity", () => {
    expect(pathsOf(images("a"), images("b"))).toEqual([`${AT}/identity`]);
  });

  test("a registry's image that was locked must be the one that is here", () => {
    const locked = images("a", { "linux-x86_64": "r/tvm@sha256:1" });
    expect(compare(locked, images("a")).differences).toMatchObject([
      { here: null, locked: "r/tvm@sha256:1", mend: expect.stringContaining("fettle images pull tvm") },
    ]);
    expect(pathsOf(images("a"), locked)).toEqual([]);
  });

  test("one that was locked on another platform only passes and is told", () => {
    expect(compare(images("a", { "linux-aarch64": null }), images("b"))).toMatchObject({
      differences: [],
      leniencies: [{ kind: "platform", environment: "tvm" }],
    });
  });
});

import { expect, test } from "vitest";
import { defaultStoreRoot, fileNameOf } from "../../../src/store/layout.ts";
import { mapLimited } from "../../../src/store/map-limited.ts";

test.each([
  [{ FETTLE_HOME: "/data/fettle", XDG_CACHE_HOME: "/x", HOME: "/home/me" }, "/data/fettle"],
  [{ XDG_CACHE_HOME: "/x", HOME: "/home/me" }, "/x/fettle"],
  [{ FETTLE_HOME: "", HOME: "/home/me" }, "/home/me/.cache/fettle"],
])("the store of %j is %s", (env, root) => {
  expect(defaultStoreRoot(env)).toBe(root);
});

test.each([
  ["compile cpu-x64 openvino/bfloat16", "compile-cpu-x64-openvino-bfloat16"],
  ["../../etc", "etc"],
  ["...", "step"],
  ["x".repeat(500), "x".repeat(80)],
])("the label %j is the file name %j", (label, name) => {
  expect(fileNameOf(label)).toBe(name);
});

test("a limited map keeps the order and the limit", async () => {
  let running = 0;
  let most = 0;
  const doubled = await mapLimited([5, 1, 4, 2, 3], 2, async (value) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < value; turn += 1) await Promise.resolve();
    running -= 1;
    return 2 * value;
  });
  expect(doubled).toEqual([10, 2, 8, 4, 6]);
  expect(most).toBe(2);
});

import { expect, test } from "vitest";
import { createLiveRegion } from "../../../src/report/live-region.ts";
import { Screen } from "../../fixtures/report/screen.ts";

test("a region is drawn over itself while finished lines scroll away above it", () => {
  const screen = new Screen(40, 10);
  const region = createLiveRegion(screen);
  region.draw(["started"], ["one: compiling", "two: compiling"]);
  expect(screen.text()).toBe("started\none: compiling\ntwo: compiling");
  region.draw(["one: done"], ["two: compiling (50 %)"]);
  expect(screen.text()).toBe("started\none: done\ntwo: compiling (50 %)");
  region.draw([], ["two: compiling", "three: waiting", "four: waiting"]);
  expect(screen.text()).toBe("started\none: done\ntwo: compiling\nthree: waiting\nfour: waiting");
  region.close(["two: done"]);
  expect(screen.text()).toBe("started\none: done\ntwo: done");
});

test("a frame is one write, and none where nothing changed", () => {
  const screen = new Screen(40, 10);
  const region = createLiveRegion(screen);
  region.draw([], ["a", "b"]);
  region.draw([], ["a", "b"]);
  expect(screen.writes).toHaveLength(1);
  region.draw([], ["a", "c"]);
  expect(screen.writes).toHaveLength(2);
});

test("no frame shows an empty region: lines are overwritten before their rest is erased", () => {
  const screen = new Screen(40, 10);
  const region = createLiveRegion(screen);
  region.draw([], ["first"]);
  region.draw([], ["second"]);
  const frame = screen.writes.at(-1) ?? "";
  expect(frame.indexOf("second")).toBeLessThan(frame.indexOf("\u001B[K"));
  expect(frame.indexOf("\u001B[K")).toBeLessThan(frame.indexOf("\u001B[J"));
});

test("the cursor is hidden while there is a region, and shown again by close and by restore", () => {
  const screen = new Screen(40, 10);
  const region = createLiveRegion(screen);
  region.draw([], ["a"]);
  expect(screen.cursorVisible).toBe(false);
  region.restore();
  expect(screen.cursorVisible).toBe(true);
  region.draw([], ["b"]);
  expect(screen.cursorVisible).toBe(false);
  region.close([]);
  expect(screen.cursorVisible).toBe(true);
  expect(screen.text()).toBe("");
});

test("lines never reach the last column, so they never wrap, even with wide characters", () => {
  const screen = new Screen(10, 10);
  const region = createLiveRegion(screen);
  region.draw([], ["文字認識文字認識", "abcdefghijklmnop"]);
  region.draw([], ["文字認識文字認識!", "abcdefghijklmnop"]);
  expect(screen.text()).toBe("文字認識…\nabcdefgh…");
});

test("a long finished line wraps whole, also where it ends exactly at the edge", () => {
  const screen = new Screen(10, 10);
  const region = createLiveRegion(screen);
  region.draw([], ["xxxxxxxxx", "xxxxxxxxx", "xxxxxxxxx"]);
  region.draw(["0123456789abc", "0123456789"], ["live"]);
  expect(screen.text()).toBe("0123456789\nabc\n0123456789\nlive");
});

test("a terminal made narrower does not leave pieces of old frames behind", () => {
  const screen = new Screen(40, 12);
  const region = createLiveRegion(screen);
  region.draw(["a finished line that stays"], ["a line of the region that is long", "short"]);
  screen.narrow(20);
  region.draw([], ["after", "the change"]);
  expect(screen.text()).toBe("a finished line that\n stays\nafter\nthe change");
});

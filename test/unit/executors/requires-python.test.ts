import { expect, test } from "vitest";
import { fitsRange, programNames, requiresPython } from "../../../src/executors/environments/requires-python.ts";

test("a lock that says nothing is for the versions locks are made for", () => {
  expect(requiresPython("numpy==2.4.6 \\\n")).toMatchObject({ text: ">=3.11,<3.14" });
});

test("a lock's own range", () => {
  const range = requiresPython("# made by hand\n# requires-python: >=3.8, <3.10\nnumpy==1.24.4\n");
  expect(range).toEqual({ from: [3, 8], below: [3, 10], text: ">=3.8, <3.10" });
  if (range === null) return;
  expect(["3.7.16", "3.8.0", "3.9.18", "3.10.0", "2.9.0"].filter((version) => fitsRange(version, range))).toEqual(["3.8.0", "3.9.18"]);
  expect(programNames(range)).toEqual(["python3.8", "python3.9", "python3", "python"]);
});

test.each(["# requires-python: ~=3.11", "# requires-python: >=3.11"])("a range that cannot be read is none: %s", (line) => {
  expect(requiresPython(line)).toBeNull();
});

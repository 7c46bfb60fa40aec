import { expect, test } from "vitest";
import { type LockView, lockDocument, renderLockOutcomes } from "../../../src/report/lock-view.ts";
import { plain } from "../../fixtures/report/themes.ts";

const difference = {
  path: ["toolchains", "tvm"],
  message: "the toolchain tvm is not what the lock has: 0.28 here, locked 0.27",
  locked: "0.27",
  here: "0.28",
  mend: "if that is meant, `fettle lock a.yaml`",
};
const outcome: LockView = {
  file: "fettle.lock",
  recipes: ["a.yaml", "b.yaml"],
  state: "out of date",
  differences: [difference],
  lock: { lock: 1 },
};

test("what differs and what mends it", () => {
  expect(renderLockOutcomes([outcome], plain())).toMatchInlineSnapshot(`
    "✖ fettle.lock out of date, 1 difference for a.yaml, b.yaml
        › toolchains.tvm
          the toolchain tvm is not what the lock has: 0.28 here, locked 0.27
          mend: if that is meant, \`fettle lock a.yaml\`
    "
  `);
});

test("a lock that was written tells what changed, and needs no mending", () => {
  const outcomes: LockView[] = [
    { ...outcome, state: "written" },
    { ...outcome, file: "x/fettle.lock", recipes: ["x/c.yaml"], state: "unchanged", differences: [] },
  ];
  expect(renderLockOutcomes(outcomes, plain())).toMatchInlineSnapshot(`
    "✔ fettle.lock written, 1 difference for a.yaml, b.yaml
        › toolchains.tvm
          the toolchain tvm is not what the lock has: 0.28 here, locked 0.27
    ✔ x/fettle.lock unchanged for x/c.yaml
    "
  `);
});

test("the document for programs", () => {
  expect(lockDocument([outcome])).toEqual({
    schema: "fettle.lock-outcome/1",
    ok: false,
    locks: [{ ...outcome, differences: [{ ...difference, path: "toolchains.tvm" }] }],
  });
  expect(lockDocument([{ ...outcome, state: "unchanged" }])).toMatchObject({ ok: true });
});

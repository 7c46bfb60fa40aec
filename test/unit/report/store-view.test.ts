import { expect, test } from "vitest";
import type { PruneReport, StoreStatistics } from "../../../src/domain/store.ts";
import {
  pruneDocument,
  renderPrune,
  renderStoreProblems,
  renderStoreStatistics,
  storeProblemsDocument,
  storeStatisticsDocument,
} from "../../../src/report/store-view.ts";
import { plain } from "../../fixtures/report/themes.ts";

const statistics: StoreStatistics = {
  root: "/home/ada/.cache/fettle",
  actions: 31,
  trees: 28,
  environments: 4,
  bytes: { trees: 412_300_000, environments: 2_130_000_000, logs: 81_200, total: 2_542_381_200 },
};

test("what the store holds", () => {
  expect(renderStoreStatistics(statistics, plain())).toMatchInlineSnapshot(`
    "/home/ada/.cache/fettle
                  count     size
    results          31
    file trees       28   412 MB
    environments      4  2.13 GB
    logs                 81.2 kB
    total                2.54 GB
    "
  `);
  expect(storeStatisticsDocument(statistics)).toEqual({ schema: "fettle.store-statistics/1", ...statistics });
});

test("what pruning removed, or would remove", () => {
  const report: PruneReport = { removedActions: 12, removedTrees: 1, removedEnvironments: 0, freedBytes: 98_700_000 };
  expect(renderPrune(report, false)).toBe("removed 12 results, 1 file tree, 0 environments: 98.7 MB\n");
  expect(renderPrune(report, true)).toBe("would remove 12 results, 1 file tree, 0 environments: 98.7 MB (dry run: nothing was changed)\n");
  expect(renderPrune({ removedActions: 0, removedTrees: 0, removedEnvironments: 0, freedBytes: 0 }, false)).toBe("nothing to remove\n");
  expect(pruneDocument(report, true)).toEqual({ schema: "fettle.store-prune/1", dryRun: true, ...report });
});

test("damage, and what becomes of it", () => {
  const problems = [{ path: "/store/trees/0f3a", problem: "model.bin has 12 bytes where 4096 were written" }];
  expect(renderStoreProblems(problems, plain())).toBe(
    "✖ /store/trees/0f3a\n    model.bin has 12 bytes where 4096 were written\n\n1 damaged entry removed; the next build that needs one makes it again\n",
  );
  expect(renderStoreProblems([], plain())).toBe("✔ every entry of the store is as it was written\n");
  expect(storeProblemsDocument(problems)).toEqual({ schema: "fettle.store-verify/1", ok: false, problems });
});

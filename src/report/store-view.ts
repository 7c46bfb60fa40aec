import type { PruneReport, StoreProblem, StoreStatistics } from "../domain/store.ts";
import { cleanLine } from "./clean-text.ts";
import { formatBytes, formatCount } from "./format.ts";
import { renderTable } from "./table.ts";
import type { Theme } from "./theme.ts";

/** `fettle store stat`. */
export function renderStoreStatistics(statistics: StoreStatistics, theme: Theme): string {
  const { bytes } = statistics;
  const rows = [
    { what: "results", count: String(statistics.actions), size: "" },
    { what: "file trees", count: String(statistics.trees), size: formatBytes(bytes.trees) },
    { what: "environments", count: String(statistics.environments), size: formatBytes(bytes.environments) },
    { what: "logs", count: "", size: formatBytes(bytes.logs) },
    { what: "total", count: "", size: theme.paint.bold(formatBytes(bytes.total)) },
  ];
  const table = renderTable(
    [
      { title: "", cell: (row) => row.what },
      { title: "count", cell: (row) => row.count, align: "right" },
      { title: "size", cell: (row) => row.size, align: "right" },
    ],
    rows,
    theme,
  );
  return `${[theme.paint.bold(statistics.root), ...table].join("\n")}\n`;
}

/** `fettle store stat --json`. */
export function storeStatisticsDocument(statistics: StoreStatistics) {
  return { schema: "fettle.store-statistics/1", ...statistics };
}

/** `fettle store prune`. */
export function renderPrune(report: PruneReport, dryRun: boolean): string {
  const { removedActions, removedTrees, removedEnvironments, freedBytes } = report;
  if (removedActions + removedTrees + removedEnvironments === 0) return `nothing to remove${dryRun ? " (dry run)" : ""}\n`;
  const what = [
    formatCount(removedActions, "result"),
    formatCount(removedTrees, "file tree"),
    formatCount(removedEnvironments, "environment"),
  ].join(", ");
  const verb = dryRun ? "would remove" : "removed";
  return `${verb} ${what}: ${formatBytes(freedBytes)}${dryRun ? " (dry run: nothing was changed)" : ""}\n`;
}

/** `fettle store prune --json`. */
export function pruneDocument(report: PruneReport, dryRun: boolean) {
  return { schema: "fettle.store-prune/1", dryRun, ...report };
}

/** `fettle store verify`. */
export function renderStoreProblems(problems: readonly StoreProblem[], { paint, symbols }: Theme): string {
  if (problems.length === 0) return `${paint.green(symbols.done)} every entry of the store is as it was written\n`;
  const lines = problems.flatMap(({ path, problem }) => [`${paint.red(symbols.failed)} ${path}`, `    ${cleanLine(problem)}`]);
  const count = formatCount(problems.length, "damaged entry", "damaged entries");
  return `${[...lines, "", `${count} removed; the next build that needs one makes it again`].join("\n")}\n`;
}

/** `fettle store verify --json`. */
export function storeProblemsDocument(problems: readonly StoreProblem[]) {
  return { schema: "fettle.store-verify/1", ok: problems.length === 0, problems };
}

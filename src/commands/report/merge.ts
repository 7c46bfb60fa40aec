import { Args, Flags } from "@oclif/core";
import { blockedCiFile, ciFlags, writeMergeFiles, writeRefusalFiles } from "../../cli/ci-files.ts";
import { EXIT_CODES, FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { loadToolchains } from "../../cli/load-toolchains.ts";
import { probeHost } from "../../devices/probe-host.ts";
import type { Matrix } from "../../domain/matrix.ts";
import type { Refusal } from "../../domain/refusal.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { mergedExitCode } from "../../engine/exit-code.ts";
import { matrixRecipes } from "../../engine/matrix/matrix-recipes.ts";
import { readMatrix } from "../../engine/matrix/read-matrix.ts";
import { mergeReports } from "../../engine/merge/merge-reports.ts";
import { renderMerged } from "../../report/merged-view.ts";

interface Expectation {
  readonly matrix?: string | undefined;
  readonly expect?: readonly string[] | undefined;
}

export default class ReportMerge extends FettleCommand {
  static override summary = "Join the reports and artifacts of a matrix's jobs into one verdict.";
  static override description =
    `Takes what \`fettle build --json\` printed in each job, and folders with that and the artifacts. With --matrix or --expect a target that no report tells of is a failure. Every artifact is checked as \`fettle verify\` does while it is copied to --out. Reports of another recipe or Fettle version, and two that tell different things of one target, are refused, and nothing is written. ${EXIT_CODES}`;
  static override examples = [
    "<%= config.bin %> report merge jobs --matrix matrix.json --out dist",
    "<%= config.bin %> report merge jobs --expect recipes/quickstart.yaml --json --junit junit.xml",
    "<%= config.bin %> report merge x64/report.json arm64/report.json",
  ];
  static override args = { report: Args.string({ description: "reports, and folders of jobs", required: true, multiple: true }) };
  static override flags = {
    out: Flags.string({ char: "o", description: "collect the artifacts in this folder", helpValue: "DIR" }),
    matrix: Flags.string({ description: "the jobs there should be: what `fettle matrix` printed as json or github", helpValue: "FILE" }),
    expect: Flags.string({
      description: "a recipe whose targets there should all be (can be given again)",
      multiple: true,
      exclusive: ["matrix"],
      helpValue: "RECIPE",
    }),
    ...ciFlags,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ReportMerge);
    const { json, out = null } = flags;
    const cwd = process.cwd();
    const blocked = await blockedCiFile(flags);
    if (blocked !== null) return this.fail(blocked, json);
    const expected = await this.#expected(flags, cwd);
    const merged = expected.ok ? await mergeReports({ paths: args.report, cwd, out, matrix: expected.value }) : expected;
    if (!merged.ok) {
      const unwritten = await writeRefusalFiles(flags, "fettle report merge", merged.error);
      if (unwritten !== null) process.stderr.write(`warning: ${unwritten.message}\n`);
      return this.refuse(merged.error, json);
    }
    const unwritten = await writeMergeFiles(flags, merged.value, cwd);
    if (json) this.printJson(merged.value);
    else this.print(renderMerged(merged.value, this.theme));
    if (unwritten !== null) return this.fail(unwritten, false);
    return this.end(mergedExitCode(merged.value));
  }

  /** The jobs there should have been; null where the user did not say. */
  async #expected({ matrix, expect = [] }: Expectation, cwd: string): Promise<Result<Matrix | null, Refusal>> {
    if (matrix !== undefined) {
      const read = await readMatrix(matrix, cwd);
      return read.ok ? read : err({ diagnostics: [read.error] });
    }
    if (expect.length === 0) return ok(null);
    const [registry, host] = await Promise.all([loadToolchains(this.config), probeHost()]);
    const planned = await matrixRecipes(expect, { cwd, registry, host, runners: new Map() });
    return planned.ok ? ok(planned.value.matrix) : err({ diagnostics: planned.error });
  }
}

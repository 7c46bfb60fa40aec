import { Args, Errors, Flags } from "@oclif/core";
import { FettleCommand } from "../cli/fettle-command.ts";
import { loadToolchains } from "../cli/load-toolchains.ts";
import { runnerLabels } from "../cli/runner-labels.ts";
import { probeHost } from "../devices/probe-host.ts";
import type { Matrix as MatrixDocument } from "../domain/matrix.ts";
import { EXIT } from "../engine/exit-code.ts";
import { matrixRecipes } from "../engine/matrix/matrix-recipes.ts";
import { MATRIX_FORMATS, type MatrixFormat, renderMatrix } from "../report/matrix-view.ts";

export default class Matrix extends FettleCommand {
  static override summary = "Print the jobs that build recipes in a CI system: one for each target.";
  static override description =
    "github: one line for `strategy.matrix` through fromJSON; gitlab: a child pipeline; json: a document of schema fettle.matrix/1. A job needs a runner with the labels that the target's file names under `runner`; where it names none, they follow from the device and its architecture. `fettle report merge` joins what the jobs found. There is no job per toolchain: which candidate of a target wins is decided by timing them on one machine; with --by toolchain the json document tells what each job tries. Exit code 2: a recipe is wrong; nothing is printed on standard output then.";
  static override examples = [
    'echo "matrix=$(<%= config.bin %> matrix recipes/*.yaml --format github)" >> "$GITHUB_OUTPUT"',
    "<%= config.bin %> matrix recipes/*.yaml --format gitlab --include .gitlab/fettle.yml > fettle-pipeline.yml",
    "<%= config.bin %> matrix model.yaml --by toolchain",
    "<%= config.bin %> matrix model.yaml --format github --runner cpu-x64-native=ubuntu-24.04",
  ];
  static override args = { recipe: Args.string({ description: "recipe files", required: true, multiple: true }) };
  static override flags = {
    format: Flags.string({ description: "what the jobs are printed for", options: MATRIX_FORMATS, default: "json" }),
    by: Flags.string({ description: "with json: what to tell of each job", options: ["target", "toolchain"], default: "target" }),
    runner: Flags.string({
      description: "labels for a target's job in place of those of its file (can be given again)",
      multiple: true,
      helpValue: "TARGET=LABEL,...",
    }),
    include: Flags.string({
      description: "with gitlab: a file of the project with a `.fettle` job that every job extends",
      helpValue: "FILE",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Matrix);
    const format = flags.format as MatrixFormat;
    const { by, include = null } = flags;
    if (by === "toolchain" && format !== "json")
      usage("--by toolchain is for --format json: a target's toolchains are timed on one machine, in one job");
    if (include !== null && format !== "gitlab") usage("--include is for --format gitlab");
    const runners = runnerLabels(flags.runner ?? []);
    const [registry, host] = await Promise.all([loadToolchains(this.config), probeHost()]);
    const planned = await matrixRecipes(args.recipe, { cwd: process.cwd(), registry, host, runners, byToolchain: by === "toolchain" });
    if (!planned.ok) return this.refuse({ diagnostics: planned.error }, false);
    const { matrix, warnings } = planned.value;
    const stray = [...runners.keys()].find((name) => !matrix.jobs.some(({ target }) => target === name));
    if (stray !== undefined) usage(`--runner names ${stray}, which no recipe here has. Targets: ${targetsOf(matrix)}`);
    this.tell(warnings);
    this.print(renderMatrix(matrix, { format, include }));
  }
}

function targetsOf({ jobs }: MatrixDocument): string {
  return [...new Set(jobs.map(({ target }) => target))].join(", ");
}

function usage(message: string): never {
  throw new Errors.CLIError(message, { exit: EXIT.usage });
}

import { availableParallelism } from "node:os";
import { Args, Flags } from "@oclif/core";
import { blockedCiFile, ciFlags, writeBuildFiles, writeRefusalFiles } from "../cli/ci-files.ts";
import { executionFlags, executionOf } from "../cli/execution-flags.ts";
import { EXIT_CODES, FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { lockedOf, lockFlags } from "../cli/lock-flags.ts";
import { openRun } from "../cli/open-run.ts";
import { bytes, milliseconds } from "../cli/quantity-flags.ts";
import { stopOnSignals } from "../cli/stop-signals.ts";
import { buildRecipe } from "../engine/build-recipe.ts";
import { exitCodeOf } from "../engine/exit-code.ts";
import { systemClock } from "../report/clock.ts";
import { createReporters } from "../report/select-reporters.ts";

export default class Build extends FettleCommand {
  static override summary = "Build every target of a recipe and prove what comes out.";
  static override description =
    `Compiles each candidate in its own locked environment, compares its outputs with the reference runtime, reads back the precision that was executed, measures its speed against the untouched model, and publishes one artifact per target under the output folder. Steps whose inputs have not changed are taken from the store. ${EXIT_CODES}`;
  static override examples = [
    "<%= config.bin %> build recipes/quickstart.yaml",
    "<%= config.bin %> build recipes/quickstart.yaml --target cpu-x64-native --json > report.json",
    "<%= config.bin %> build model.yaml --remeasure",
    "<%= config.bin %> build model.yaml --executor podman",
    "<%= config.bin %> build model.yaml --locked",
    "<%= config.bin %> build model.yaml --json --junit junit.xml --sarif fettle.sarif > report.json",
    "<%= config.bin %> build model.yaml --fail-fast --events events.ndjson --trace trace.json",
  ];
  static override args = { recipe: Args.string({ description: "the recipe file", required: true }) };
  static override flags = {
    target: Flags.string({ char: "t", description: "build only this target of the recipe (can be given again)", multiple: true }),
    out: Flags.string({ char: "o", description: "folder for published artifacts", default: "dist", env: "FETTLE_OUT", helpValue: "DIR" }),
    jobs: Flags.integer({
      char: "j",
      description: "most steps at a time; by default the number of processors",
      min: 1,
      env: "FETTLE_JOBS",
    }),
    "fail-fast": Flags.boolean({ description: "stop everything at the first failed step", exclusive: ["keep-going"] }),
    "keep-going": Flags.boolean({ description: "go on with what does not need a failed step (the default)" }),
    remeasure: Flags.boolean({ description: "measure anew, such as after a build on a busy machine; the rest still comes from the store" }),
    timeout: Flags.string({ description: "longest time for one step, such as `20 min`", default: "30 min", helpValue: "TIME" }),
    memory: Flags.string({
      description: "most memory of one step's processes, such as `8 GB`; by default 80 % of the machine's",
      helpValue: "SIZE",
    }),
    processes: Flags.integer({ description: "most processes and threads of one step at a time", min: 1, default: 4096 }),
    "result-size": Flags.string({
      description: "most that one step may leave, and the largest file it may write, such as `100 GB`",
      default: "64 GB",
      helpValue: "SIZE",
    }),
    "proof-size": Flags.string({
      description: "most that an artifact that cannot be run here carries along for `fettle prove`, such as `1 GB`",
      default: "256 MB",
      helpValue: "SIZE",
    }),
    ...executionFlags,
    ...ciFlags,
    events: Flags.string({ description: "write every event to this file, one JSON object a line", helpValue: "FILE" }),
    trace: Flags.string({ description: "write a trace of the build that Perfetto opens", helpValue: "FILE" }),
    quiet: Flags.boolean({ char: "q", description: "print only the result" }),
    verbose: Flags.boolean({ char: "v", description: "one line per event instead of the live view, progress included" }),
    ...lockFlags,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Build);
    const stop = stopOnSignals();
    const { stdout, stderr, env } = process;
    const { json, quiet, verbose, events = null, trace = null } = flags;
    const blocked = await blockedCiFile(flags);
    if (blocked !== null) return this.fail(blocked, json);
    const reporter = createReporters({ json, quiet, verbose, events, trace, stdout, stderr, env, clock: systemClock });
    if (!reporter.ok) return this.fail(reporter.error, json);
    const run = await openRun(this.config, args.recipe, {
      only: flags.target,
      execution: executionOf(flags),
      signal: stop.signal,
      limits: {
        timeoutMs: milliseconds("timeout", flags.timeout),
        memoryBytes: bytes("memory", flags.memory),
        processes: flags.processes,
        outputBytes: bytes("result-size", flags["result-size"]),
      },
      proofBytes: bytes("proof-size", flags["proof-size"]),
      out: flags.out,
      locked: lockedOf(flags),
      reporter: reporter.value,
    });
    if (!run.ok) {
      const unwritten = await writeRefusalFiles(flags, args.recipe, run.error);
      if (unwritten !== null) process.stderr.write(`warning: ${unwritten.message}\n`);
      return this.refuse(run.error, json);
    }
    if (!json) this.tell(run.value.prepared.warnings);
    const report = await buildRecipe(run.value.prepared, {
      jobs: flags.jobs ?? availableParallelism(),
      failFast: flags["fail-fast"],
      remeasure: flags.remeasure,
      signal: stop.signal,
      cwd: process.cwd(),
    });
    await run.value.close();
    stop.dispose();
    const unwritten = await writeBuildFiles(flags, report, run.value.prepared);
    if (unwritten !== null) return this.fail(unwritten, false);
    return this.end(exitCodeOf(report));
  }
}

import { resolve } from "node:path";
import { Args, Flags } from "@oclif/core";
import { executionFlags, executionOf } from "../cli/execution-flags.ts";
import { EXIT_CODES, FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { openServices } from "../cli/open-services.ts";
import { bytes, milliseconds } from "../cli/quantity-flags.ts";
import { stopOnSignals } from "../cli/stop-signals.ts";
import { exitCodeOf } from "../engine/exit-code.ts";
import { proveArtifact } from "../engine/proof/prove-artifact.ts";
import { stepLimits } from "../engine/step-limits.ts";
import { systemClock } from "../report/clock.ts";
import { createReporters } from "../report/select-reporters.ts";

export default class Prove extends FettleCommand {
  static override summary = "Prove an artifact on the machine that has its hardware, where it could only be compiled before.";
  static override description =
    `Takes a published artifact that carries what it is to be proven with, runs it over the validation samples, judges its outputs, precision and metric as the recipe asks, measures it beside the untouched model, and raises the proof level in its manifest. Where this machine lacks the architecture, the device, the driver or the versions it needs, it says so before anything of the artifact is loaded. ${EXIT_CODES}`;
  static override examples = ["<%= config.bin %> prove dist/digits/ipu-mk2", "<%= config.bin %> prove DIR --json > report.json"];
  static override args = { directory: Args.string({ description: "the artifact's folder", required: true }) };
  static override flags = {
    timeout: Flags.string({ description: "longest time for one step, such as `20 min`", default: "30 min", helpValue: "TIME" }),
    memory: Flags.string({
      description: "most memory of one step's processes, such as `8 GB`; by default 80 % of the machine's",
      helpValue: "SIZE",
    }),
    ...executionFlags,
    events: Flags.string({ description: "write every event to this file, one JSON object a line", helpValue: "FILE" }),
    trace: Flags.string({ description: "write a trace that Perfetto opens", helpValue: "FILE" }),
    quiet: Flags.boolean({ char: "q", description: "print only the result" }),
    verbose: Flags.boolean({ char: "v", description: "one line per event instead of the live view, progress included" }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Prove);
    const stop = stopOnSignals();
    const { stdout, stderr, env } = process;
    const { json, quiet, verbose, events = null, trace = null } = flags;
    const reporter = createReporters({ json, quiet, verbose, events, trace, stdout, stderr, env, clock: systemClock });
    if (!reporter.ok) return this.fail(reporter.error, json);
    const opened = await openServices(this.config, { folder: args.directory, execution: executionOf(flags), reporter: reporter.value });
    if (!opened.ok) return this.refuse(opened.error, json);
    const report = await proveArtifact(resolve(args.directory), opened.value.services, {
      limits: stepLimits({ timeoutMs: milliseconds("timeout", flags.timeout), memoryBytes: bytes("memory", flags.memory) }),
      signal: stop.signal,
      cwd: process.cwd(),
      shown: args.directory,
    });
    await opened.value.close();
    stop.dispose();
    if (!report.ok) return this.fail(report.error, json);
    return this.end(exitCodeOf(report.value));
  }
}

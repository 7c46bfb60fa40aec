import { Args, Flags } from "@oclif/core";
import { executionFlags, executionOf } from "../cli/execution-flags.ts";
import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { lockedOf, lockFlags } from "../cli/lock-flags.ts";
import { openRun } from "../cli/open-run.ts";
import { quietReporter } from "../cli/quiet-reporter.ts";
import { surveyPlan } from "../engine/survey.ts";
import { planDocument } from "../report/plan-document.ts";
import { renderPlan } from "../report/plan-view.ts";

export default class Plan extends FettleCommand {
  static override summary = "Show the steps a build would take, and which of them the store already answers.";
  static override description =
    `Prints every step with the short form of its key, whether the store has its result, and how long the rest took when it last ran. A step after a miss shows \`depends\`: it may still be a hit when what it needs turns out the same.`;
  static override examples = [
    "<%= config.bin %> plan recipes/quickstart.yaml",
    "<%= config.bin %> plan recipes/quickstart.yaml --explain",
    "<%= config.bin %> plan recipes/quickstart.yaml --json",
  ];
  static override args = { recipe: Args.string({ description: "the recipe file", required: true }) };
  static override flags = {
    explain: Flags.boolean({ description: "say for each miss which input of its key changed" }),
    target: Flags.string({ char: "t", description: "plan only this target of the recipe (can be given again)", multiple: true }),
    out: Flags.string({ char: "o", description: "folder for published artifacts", default: "dist", env: "FETTLE_OUT", helpValue: "DIR" }),
    ...executionFlags,
    ...lockFlags,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan);
    const run = await openRun(this.config, args.recipe, {
      only: flags.target,
      out: flags.out,
      execution: executionOf(flags),
      locked: lockedOf(flags),
      reporter: quietReporter,
    });
    if (!run.ok) return this.refuse(run.error, flags.json);
    const { plan, services, warnings } = run.value.prepared;
    const survey = await surveyPlan(plan, services.store);
    await run.value.close();
    if (flags.json) return this.printJson(planDocument(plan, survey));
    this.tell(warnings);
    this.print(renderPlan(plan, survey, { theme: this.theme, explain: flags.explain }));
  }
}

import { Args } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { loadToolchains } from "../cli/load-toolchains.ts";
import { probeHost } from "../devices/probe-host.ts";
import type { RecipeTarget } from "../domain/recipe.ts";
import { checkRecipe } from "../engine/check-recipe.ts";
import { diagnosticJson } from "../report/diagnostics.ts";

export default class Check extends FettleCommand {
  static override summary = "Check a recipe and the files it names; report every fault at once.";
  static override description =
    "Nothing is built and nothing is fetched. A packaged model is checked against the recipe when it is fetched. Exit code 0: no faults; 2: faults.";
  static override examples = ["<%= config.bin %> check recipes/quickstart.yaml", "<%= config.bin %> check recipes/quickstart.yaml --json"];
  static override args = { recipe: Args.string({ description: "the recipe file", required: true }) };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Check);
    const [registry, host] = await Promise.all([loadToolchains(this.config), probeHost()]);
    const checked = await checkRecipe(args.recipe, { cwd: process.cwd(), registry, host });
    if (!checked.ok) return this.refuse({ diagnostics: checked.error }, flags.json);
    const { recipe, warnings } = checked.value;
    if (flags.json) return this.printJson({ ok: true, recipe: recipe.name, diagnostics: warnings.map(diagnosticJson) });
    this.tell(warnings);
    const isMissing = ({ absent = [] }: RecipeTarget) => absent.some(({ kind }) => kind === "target");
    const names = (targets: readonly RecipeTarget[]) => targets.map(({ name }) => name).join(", ");
    const missing = recipe.targets.filter(isMissing);
    const unavailable = missing.length === 0 ? "" : ` Optional, and unavailable here: ${names(missing)}.`;
    this.print(`${args.recipe}: no faults. ${recipe.name} for ${names(recipe.targets.filter((use) => !isMissing(use)))}.${unavailable}`);
  }
}

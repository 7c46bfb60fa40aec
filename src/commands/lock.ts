import { dirname, join, resolve } from "node:path";
import { Args, Flags } from "@oclif/core";
import { executionFlags, executionOf } from "../cli/execution-flags.ts";
import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { openRun } from "../cli/open-run.ts";
import { quietReporter } from "../cli/quiet-reporter.ts";
import type { Refusal } from "../domain/refusal.ts";
import { EXIT } from "../engine/exit-code.ts";
import { LOCK_NAME } from "../engine/lock/lock-names.ts";
import { type LockOutcome, lockRecipes } from "../engine/lock/lock-recipes.ts";
import type { Pinnable } from "../engine/lock/pinnable.ts";
import { lockDocument, renderLockOutcomes } from "../report/lock-view.ts";

/** The flags that decide what is pinned. */
interface LockFlags {
  readonly executor: string;
  readonly isolation: string;
  readonly strict: boolean;
  readonly json: boolean;
}

export default class Lock extends FettleCommand {
  static override summary = "Write down every input of recipes that comes from outside them, so that a build can be held to it.";
  static override description =
    "Writes fettle.lock beside the recipes, to be committed with them: the list of packages and the interpreter of each environment, images by digest, hashes of models, data and scripts, toolchain versions, workers, what target files say, and Fettle's own version. `fettle build --locked` then refuses anything else. Recipes of one folder share a lock; what it has of other recipes and other platforms stays. With --check nothing is written. Exit code 0: the lock is up to date; 1: --check found that it is not; 2: a recipe or the lock is wrong.";
  static override examples = [
    "<%= config.bin %> lock recipes/*.yaml",
    "<%= config.bin %> lock recipes/*.yaml --check",
    "<%= config.bin %> lock a/x.yaml b/y.yaml --out fettle.lock",
  ];
  static override args = { recipe: Args.string({ description: "recipe files", required: true, multiple: true }) };
  static override flags = {
    out: Flags.string({ char: "o", description: "the lock file; by default fettle.lock beside each recipe", helpValue: "FILE" }),
    check: Flags.boolean({ description: "write nothing; say what differs, and exit with 1 if anything does" }),
    ...executionFlags,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Lock);
    const { check, json, out } = flags;
    const fileOf = (recipe: string) => resolve(out ?? join(dirname(recipe), LOCK_NAME));
    const outcomes: LockOutcome[] = [];
    for (const [file, recipes] of Map.groupBy([...new Set(args.recipe)], fileOf)) {
      const pinnables = await this.#pinnables(recipes, flags);
      const relock = `fettle lock ${recipes.join(" ")}${out === undefined ? "" : ` --out ${out}`}`;
      const outcome = await lockRecipes({ file, cwd: process.cwd(), recipes: pinnables, check, relock });
      if (!outcome.ok) return this.#refuseLock(outcome.error, { check, json });
      outcomes.push(outcome.value);
    }
    if (json) this.printJson(lockDocument(outcomes));
    else {
      this.tell(outcomes.flatMap(({ warnings }) => warnings));
      this.print(renderLockOutcomes(outcomes, this.theme));
    }
    if (outcomes.some(({ state }) => state === "out of date")) this.end(EXIT.rejected);
  }

  async #pinnables(recipes: readonly string[], flags: LockFlags): Promise<Pinnable[]> {
    const pinnables: Pinnable[] = [];
    for (const recipe of recipes) {
      const run = await openRun(this.config, recipe, { out: "dist", execution: executionOf(flags), reporter: quietReporter });
      if (!run.ok) return this.refuse(run.error, flags.json);
      pinnables.push(run.value.prepared.pinnable);
      await run.value.close();
    }
    return pinnables;
  }

  /** A lock that is not there is not up to date either. */
  #refuseLock(refusal: Refusal, { check, json }: { check: boolean; json: boolean }): never {
    const missing = "diagnostics" in refusal && refusal.diagnostics.some(({ code }) => code === "lock-not-found");
    return this.refuse(refusal, json, check && missing ? EXIT.rejected : EXIT.usage);
  }
}

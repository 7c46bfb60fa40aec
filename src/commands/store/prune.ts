import { Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { openUserStore } from "../../cli/open-store.ts";
import { bytes, milliseconds } from "../../cli/quantity-flags.ts";
import { pruneDocument, renderPrune } from "../../report/store-view.ts";

export default class StorePrune extends FettleCommand {
  static override summary = "Remove results and environments that were not used lately, and files nothing refers to.";
  static override description = "Refuses while a build uses the store.";
  static override examples = [
    "<%= config.bin %> store prune --older-than '720 h'",
    "<%= config.bin %> store prune --max-size '20 GB' --dry-run",
  ];
  static override flags = {
    "older-than": Flags.string({ description: "remove what was last used longer ago than this, such as `720 h`", helpValue: "TIME" }),
    "max-size": Flags.string({
      description: "then remove the least recently used until the store is no larger, such as `20 GB`",
      helpValue: "SIZE",
    }),
    "dry-run": Flags.boolean({ description: "say what would be removed and change nothing" }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(StorePrune);
    const age = milliseconds("older-than", flags["older-than"]);
    const maxBytes = bytes("max-size", flags["max-size"]) ?? null;
    const store = await openUserStore();
    if (!store.ok) return this.fail(store.error, flags.json);
    const dryRun = flags["dry-run"];
    const pruned = await store.value.prune({ olderThan: age === undefined ? null : Date.now() - age, maxBytes, dryRun });
    await store.value.close();
    if (!pruned.ok) return this.fail(pruned.error, flags.json);
    if (flags.json) this.printJson(pruneDocument(pruned.value, dryRun));
    else this.print(renderPrune(pruned.value, dryRun));
  }
}

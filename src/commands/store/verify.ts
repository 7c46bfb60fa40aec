import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { openUserStore } from "../../cli/open-store.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { renderStoreProblems, storeProblemsDocument } from "../../report/store-view.ts";

export default class StoreVerify extends FettleCommand {
  static override summary = "Hash everything in the store and remove what is damaged.";
  static override description =
    "What is removed is made again by the next build that needs it. Exit code 0: all is whole; 1: damage was found.";
  static override examples = ["<%= config.bin %> store verify"];
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(StoreVerify);
    const store = await openUserStore();
    if (!store.ok) return this.fail(store.error, flags.json);
    const problems = await store.value.verify();
    await store.value.close();
    if (flags.json) this.printJson(storeProblemsDocument(problems));
    else this.print(renderStoreProblems(problems, this.theme));
    if (problems.length > 0) this.end(EXIT.rejected);
  }
}

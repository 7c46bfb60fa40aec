import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { openUserStore } from "../../cli/open-store.ts";
import { renderStoreStatistics, storeStatisticsDocument } from "../../report/store-view.ts";

export default class StoreStat extends FettleCommand {
  static override summary = "Show where the store is, what it holds and how large it is.";
  static override examples = ["<%= config.bin %> store stat", "<%= config.bin %> store stat --json"];
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(StoreStat);
    const store = await openUserStore();
    if (!store.ok) return this.fail(store.error, flags.json);
    const statistics = await store.value.statistics();
    await store.value.close();
    if (flags.json) this.printJson(storeStatisticsDocument(statistics));
    else this.print(renderStoreStatistics(statistics, this.theme));
  }
}

import Build from "../commands/build.ts";
import Check from "../commands/check.ts";
import Init from "../commands/init.ts";
import Plan from "../commands/plan.ts";
import StorePrune from "../commands/store/prune.ts";
import StoreStat from "../commands/store/stat.ts";
import StoreVerify from "../commands/store/verify.ts";
import Targets from "../commands/targets.ts";
import Toolchains from "../commands/toolchains.ts";
import Verify from "../commands/verify.ts";

/** Every command by its id: oclif's `explicit` strategy, which a bundled program needs. */
export const COMMANDS = {
  build: Build,
  check: Check,
  init: Init,
  plan: Plan,
  "store:prune": StorePrune,
  "store:stat": StoreStat,
  "store:verify": StoreVerify,
  targets: Targets,
  toolchains: Toolchains,
  verify: Verify,
};

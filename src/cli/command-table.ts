import Build from "../commands/build.ts";
import Check from "../commands/check.ts";
import Doctor from "../commands/doctor.ts";
import ImagesBuild from "../commands/images/build.ts";
import ImagesList from "../commands/images/list.ts";
import ImagesLoad from "../commands/images/load.ts";
import ImagesPull from "../commands/images/pull.ts";
import ImagesPush from "../commands/images/push.ts";
import ImagesSave from "../commands/images/save.ts";
import ImagesVerify from "../commands/images/verify.ts";
import Init from "../commands/init.ts";
import IreeTarget from "../commands/iree/target.ts";
import Lock from "../commands/lock.ts";
import Matrix from "../commands/matrix.ts";
import OpenvinoPlacement from "../commands/openvino/placement.ts";
import Plan from "../commands/plan.ts";
import PluginsInstall from "../commands/plugins/install.ts";
import PluginsLink from "../commands/plugins/link.ts";
import PluginsList from "../commands/plugins/list.ts";
import PluginsUninstall from "../commands/plugins/uninstall.ts";
import PoplarCheck from "../commands/poplar/check.ts";
import Prove from "../commands/prove.ts";
import ReportMerge from "../commands/report/merge.ts";
import StorePrune from "../commands/store/prune.ts";
import StoreStat from "../commands/store/stat.ts";
import StoreVerify from "../commands/store/verify.ts";
import Targets from "../commands/targets.ts";
import TensorrtCapability from "../commands/tensorrt/capability.ts";
import ToolchainCheck from "../commands/toolchain/check.ts";
import ToolchainNew from "../commands/toolchain/new.ts";
import Toolchains from "../commands/toolchains.ts";
import TvmKernels from "../commands/tvm/kernels.ts";
import Verify from "../commands/verify.ts";

/** Every command by its id: oclif's `explicit` strategy, which a bundled program needs. */
export const COMMANDS = {
  build: Build,
  check: Check,
  doctor: Doctor,
  "images:build": ImagesBuild,
  "images:list": ImagesList,
  "images:load": ImagesLoad,
  "images:pull": ImagesPull,
  "images:push": ImagesPush,
  "images:save": ImagesSave,
  "images:verify": ImagesVerify,
  init: Init,
  "iree:target": IreeTarget,
  lock: Lock,
  matrix: Matrix,
  "openvino:placement": OpenvinoPlacement,
  plan: Plan,
  "poplar:check": PoplarCheck,
  prove: Prove,
  "report:merge": ReportMerge,
  "plugins:install": PluginsInstall,
  "plugins:link": PluginsLink,
  "plugins:list": PluginsList,
  "plugins:uninstall": PluginsUninstall,
  "store:prune": StorePrune,
  "store:stat": StoreStat,
  "store:verify": StoreVerify,
  targets: Targets,
  "tensorrt:capability": TensorrtCapability,
  "toolchain:check": ToolchainCheck,
  "toolchain:new": ToolchainNew,
  toolchains: Toolchains,
  "tvm:kernels": TvmKernels,
  verify: Verify,
};

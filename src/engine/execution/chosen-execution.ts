import type { Executor } from "../../domain/command.ts";
import type { Environments } from "../../domain/environment.ts";
import type { BuildEventBody } from "../../domain/event.ts";
import type { Host } from "../../domain/host.ts";
import type { DescribeImage } from "../lock/describe-image.ts";

/** The ports behind which workers run: they belong together, since a sandbox cannot run what lies in an image. */
export interface ChosenExecution {
  readonly executor: Executor;
  readonly environments: Environments;
  /** Absent where no engine is used. */
  readonly describeImage?: DescribeImage;
  /** Why workers cannot use this machine's emulators, with the mend; absent where they can. */
  readonly noEmulation?: string;
}

/** The ports behind which workers run, and this machine as they find it. */
export function executionPorts(chosen: ChosenExecution, host: Host): Omit<ChosenExecution, "noEmulation"> & { readonly host: Host } {
  const { noEmulation, ...ports } = chosen;
  return { ...ports, host: noEmulation === undefined ? host : { ...host, noEmulation } };
}

/** Where an execution is set up. */
export interface ExecutionSite {
  readonly env: NodeJS.ProcessEnv;
  /** The store's root. */
  readonly root: string;
  readonly signal: AbortSignal;
  emit(event: BuildEventBody): void;
}

/** An executor of which is told when the first command starts: a build that is answered from the store needs none. */
export function toldExecutor(executor: Executor, tell: () => void): Executor {
  let isTold = false;
  const once = () => {
    if (!isTold) tell();
    isTold = true;
  };
  return {
    get isolation() {
      return executor.isolation;
    },
    run(spec, options) {
      once();
      return executor.run(spec, options);
    },
    open(spec, options) {
      once();
      return executor.open(spec, options);
    },
    close: () => executor.close(),
  };
}

import type { Executor, Isolation, SandboxIsolation } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import type { Result } from "../../domain/result.ts";
import { createSandbox, type Sandbox } from "../../executors/sandbox/create-sandbox.ts";

/**
 * The sandbox, chosen when the first worker has to run: finding out what isolation works here starts programs, and a build
 * answered from the store needs none. `onChosen` hears once which it is and why.
 */
export function lazySandbox(mode: SandboxIsolation | "auto", onChosen: (isolation: Isolation, why: string) => void): Executor {
  let chosen: Promise<Result<Sandbox, Failure>> | null = null;
  let isolation: Isolation | null = null;
  const choose = async () => {
    const made = await createSandbox({ mode });
    if (made.ok) {
      isolation = made.value.executor.isolation;
      onChosen(isolation, made.value.why);
    }
    return made;
  };
  const sandbox = () => {
    chosen ??= choose();
    return chosen;
  };
  return {
    get isolation() {
      if (isolation === null) throw new Error("the isolation was asked for before anything ran");
      return isolation;
    },
    async run(spec, options) {
      const made = await sandbox();
      return made.ok ? made.value.executor.run(spec, options) : made;
    },
    async open(spec, options) {
      const made = await sandbox();
      return made.ok ? made.value.executor.open(spec, options) : made;
    },
    close: async () => {},
  };
}

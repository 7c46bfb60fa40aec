import type { CandidateQuery, RunSupport, Support, Toolchain } from "../domain/toolchain.ts";

/**
 * A plug-in's toolchain whose mistakes stay its own: where one of its functions throws while a build is planned, it refuses the
 * candidate with what it threw, and the other toolchains and targets go on.
 */
export function guardToolchain(toolchain: Toolchain, plugin: string): Toolchain {
  const refusal = (member: string, error: unknown): { readonly yes: false; readonly why: string } => {
    return { yes: false, why: `${plugin} threw in ${member}: ${error instanceof Error ? error.message : String(error)}` };
  };
  const canCompile = (query: CandidateQuery): Support => {
    const asked: [string, () => unknown][] = [
      ["compileReadsHost", () => toolchain.compileReadsHost(query)],
      ["compileOptions", () => toolchain.compileOptions(query)],
      ["runOptions", () => toolchain.runOptions({ ...query, threads: 1 })],
    ];
    try {
      const support = toolchain.canCompile(query);
      if (!support.yes) return support;
    } catch (error) {
      return refusal("canCompile", error);
    }
    for (const [member, ask] of asked) {
      try {
        ask();
      } catch (error) {
        return refusal(member, error);
      }
    }
    return { yes: true };
  };
  const canRun: Toolchain["canRun"] = (query, host): RunSupport => {
    try {
      return toolchain.canRun(query, host);
    } catch (error) {
      return refusal("canRun", error);
    }
  };
  // Not a copy: what a plug-in builds from a class has its members on a prototype.
  return Object.assign(Object.create(toolchain) as Toolchain, { canCompile, canRun });
}

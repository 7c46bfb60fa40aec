/** What a user asked for, and where the output goes. */
export interface DisplayWish {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly stdoutIsTTY: boolean;
  readonly stderrIsTTY: boolean;
  readonly env: NodeJS.ProcessEnv;
}

export interface Display {
  readonly progress: { readonly as: "live" | "lines"; readonly to: "stdout" | "stderr" } | null;
  readonly result: "summary" | "document";
}

/**
 * Standard output holds either the story for people, ended by the summary, or under `--json` the one document and
 * nothing else; progress then goes to standard error as lines, where a person is watching or asked for it. The live view
 * needs a terminal that moves its cursor and is not a CI's, whose log keeps every frame.
 */
export function selectDisplay(wish: DisplayWish): Display {
  if (wish.json) {
    const watched = wish.verbose || (wish.stderrIsTTY && !wish.quiet);
    return { progress: watched ? { as: "lines", to: "stderr" } : null, result: "document" };
  }
  if (wish.quiet) return { progress: null, result: "summary" };
  const live = wish.stdoutIsTTY && !wish.verbose && !isContinuousIntegration(wish.env) && wish.env.TERM !== "dumb";
  return { progress: { as: live ? "live" : "lines", to: "stdout" }, result: "summary" };
}

function isContinuousIntegration({ CI }: NodeJS.ProcessEnv): boolean {
  return CI !== undefined && CI !== "" && CI !== "0" && CI !== "false";
}

import { Errors } from "@oclif/core";
import { EXIT } from "../engine/exit-code.ts";

/** `cpu-x64=self-hosted,linux`, given any number of times: target -> its labels. */
export function runnerLabels(texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    texts.map((text) => {
      const match = PATTERN.exec(text);
      if (match === null) throw wrong(text);
      const [, target = "", labels = ""] = match;
      return [target, labels.split(",")];
    }),
  );
}

const LABEL = "[A-Za-z0-9][A-Za-z0-9_.:-]*";
const PATTERN = new RegExp(`^([^=]+)=(${LABEL}(?:,${LABEL})*)$`);

function wrong(text: string): Error {
  const expected = "a target and its runner's labels, such as `cpu-x64=self-hosted,linux`";
  return new Errors.CLIError(`--runner ${JSON.stringify(text)} is not ${expected}`, { exit: EXIT.usage });
}

import { Errors } from "@oclif/core";
import { EXIT } from "../engine/exit-code.ts";
import { parseByteSize, parseDuration } from "../recipe/quantities.ts";

/** Milliseconds of a flag that takes a length of time with its unit. */
export function milliseconds(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value.nanoseconds / 1e6;
  return wrong(flag, text, "a length of time: a number with its unit, such as `20 min` or `90 s`");
}

/** Bytes of a flag that takes an amount of memory or disk with its unit. */
export function bytes(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = parseByteSize(text);
  if (parsed.ok) return parsed.value;
  return wrong(flag, text, "a size: a number with its unit, such as `8 GB` or `512 MiB`");
}

function wrong(flag: string, text: string, expected: string): never {
  throw new Errors.CLIError(`--${flag} ${JSON.stringify(text)} is not ${expected}`, { exit: EXIT.usage });
}

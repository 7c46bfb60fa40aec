import { Errors } from "@oclif/core";
import { parse } from "yaml";
import { z } from "zod";
import type { JsonObject } from "../domain/json.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import { EXIT } from "../engine/exit-code.ts";
import { issueFaults } from "../recipe/checks/issue-faults.ts";
import type { Fault } from "../recipe/fault.ts";

/** Options for a toolchain from the command line, written as in a recipe: `{ compiler: poprt }`. A usage error says what is wrong with them. */
export function toolchainOptions({ name, options }: Toolchain, text = "{}"): JsonObject {
  const read = z.record(z.string(), z.json()).safeParse(parsed(text));
  if (!read.success) throw wrong(`--options is to be a YAML mapping, such as '{ key: value }', and this is ${JSON.stringify(text)}.`);
  const checked = options.safeParse(read.data);
  if (checked.success) return read.data;
  const faults = issueFaults({ schema: options, value: read.data, root: `\`${name}\`` }, checked.error.issues);
  throw wrong(faults.map(told).join("\n"));
}

function told({ message, expected, hint }: Fault): string {
  return `--options: ${message}${expected === undefined ? "" : `; expected ${expected}`}${hint === undefined ? "" : ` (${hint})`}`;
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

function wrong(message: string): Errors.CLIError {
  return new Errors.CLIError(message, { exit: EXIT.usage });
}

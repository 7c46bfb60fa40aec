import { Errors } from "@oclif/core";
import { EXIT } from "../engine/exit-code.ts";

/** The value of a flag that names a registry and, mostly, a folder in it: `registry.example:5000/team/fettle`. */
export function registryOf(flag: string, text: string): string {
  const plain = text.replace(/\/+$/, "");
  if (/^[a-zA-Z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(plain) && /^[^/]*[.:]|^localhost/.test(plain)) return plain;
  const message = `--${flag} ${JSON.stringify(text)} names no registry: a host, and a folder in lower case, such as registry.example/team/fettle`;
  throw new Errors.CLIError(message, { exit: EXIT.usage });
}

import { stripVTControlCharacters } from "node:util";

/**
 * Text from outside (a vendor's log line, a path, a message) as one printable line: without escape sequences, which could
 * recolour or move the user's cursor, and without control characters or line ends.
 */
export function cleanLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Control}+/gu, " ")
    .trim();
}

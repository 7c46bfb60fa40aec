/** Words as one line of a POSIX shell, each quoted where a shell would read something into it. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

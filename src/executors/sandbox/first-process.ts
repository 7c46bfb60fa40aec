/**
 * The words that make a shell the first process of a process namespace, in front of the command. The first ignores signals that it sends itself
 * (abort) and must take in orphans; when it ends, the kernel ends all others, and whoever waits for it has waited for them.
 */
export const FIRST_PROCESS: readonly string[] = ["sh", "-c", '"$@"; exit $?', "sh"];

/** The system's name of an error (`ENOENT`), or null for anything that is not a system error. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

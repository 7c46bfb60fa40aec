/** The value a text is JSON of; null for a text that is not JSON, which a schema then refuses like any other wrong value. */
export function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

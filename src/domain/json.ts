/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * Canonical JSON: keys sorted by code unit, no white space, `undefined` members left out. Two values that mean the
 * same give the same text, whatever order their members were written in; cache keys rest on it.
 *
 * @throws TypeError on a number that JSON cannot carry (NaN, infinities): such a value in a key is a bug.
 */
export function canonicalJson(value: Json | undefined): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`canonical JSON cannot carry ${value}`);
  }
  if (typeof value !== "object") return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}

// Array.isArray does not narrow readonly arrays.
function isJsonArray(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * Plain data seen as JSON. Interfaces are not assignable to an index signature, so types such as `Target` need this door;
 * only for values made of JSON parts.
 */
export function asJson(value: object): JsonObject {
  return value as JsonObject;
}

import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "./json.ts";

declare const digestBrand: unique symbol;

/** A SHA-256 in the form `sha256:<64 lower-case hex digits>`. */
export type Digest = string & { readonly [digestBrand]: true };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** Reads `sha256:<hex>`; throws on anything else, since a malformed digest that got this far is a bug. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new TypeError(`not a SHA-256 digest: ${text}`);
  return text;
}

/** From the bare 64 hex digits that recipes and lock files carry. */
export function digestFromHex(hex: string): Digest {
  return parseDigest(`sha256:${hex.toLowerCase()}`);
}

export function digestBytes(bytes: Uint8Array | string): Digest {
  return digestFromHex(createHash("sha256").update(bytes).digest("hex"));
}

export function digestJson(value: Json): Digest {
  return digestBytes(canonicalJson(value));
}

/** The bare 64 hex digits, for file names. */
export function digestHex(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** Short form for people: the first 12 hex digits. */
export function shortDigest(digest: Digest): string {
  return digestHex(digest).slice(0, 12);
}

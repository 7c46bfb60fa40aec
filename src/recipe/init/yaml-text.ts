const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
const SPECIAL = /^(null|true|false|~|\.nan|\.inf)$/i;

/** A text as YAML for a block map's key or value: plain where that is safe, else quoted. */
export function yamlText(text: string): string {
  return PLAIN.test(text) && !SPECIAL.test(text) ? text : JSON.stringify(text);
}

/** A text as (part of) a comment: on one line. */
export function commentText(text: string): string {
  return text.replace(/\p{Control}+/gu, " ").trim();
}

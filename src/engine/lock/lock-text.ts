import { Document, isSeq, visit } from "yaml";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { Lock } from "./lock-form.ts";

const HEAD = ` Written by \`fettle lock\`: commit it, and do not edit it.
 \`fettle build --locked\` refuses anything else than what stands here.`;

/** The order of a lock's sections: what a reader looks for first comes first. */
const SECTIONS = ["lock", "fettle", "recipes", "environments", "images", "toolchains", "workers", "targets"] as const;

/** A lock as text. Equal locks give equal bytes: maps are sorted, one entry a line, nothing is wrapped. */
export function lockText(lock: Lock): string {
  const ordered = Object.fromEntries(SECTIONS.map((name) => [name, sorted(lock[name])]));
  const document = new Document(ordered, { aliasDuplicateObjects: false });
  document.commentBefore = HEAD;
  visit(document, {
    Seq(_key, list) {
      if (isSeq(list)) list.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, defaultStringType: "PLAIN", defaultKeyType: "PLAIN" });
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member ?? null)]));
}

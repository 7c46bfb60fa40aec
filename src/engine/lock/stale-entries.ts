import type { Difference } from "./difference.ts";
import type { Lock } from "./lock-form.ts";

const SECTIONS = {
  recipes: "the recipe",
  environments: "the environment",
  images: "the image of",
  toolchains: "the toolchain",
  workers: "the worker",
  targets: "the target",
} as const;

/** What a lock has and would not have if it were written now: entries that nothing uses any more. */
export function staleEntries(locked: Lock, next: Lock, relock: string): Difference[] {
  return [...unusedEntries(locked, next, relock), ...droppedUses(locked, next, relock)];
}

function unusedEntries(locked: Lock, next: Lock, relock: string): Difference[] {
  return (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).flatMap((section) =>
    Object.keys(locked[section])
      .filter((name) => !(name in next[section]))
      .map((name) => ({
        path: [section, name],
        message: `${SECTIONS[section]} ${name} is in the lock, and nothing uses it any more`,
        locked: name,
        here: null,
        mend: `\`${relock}\` takes it out`,
      })),
  );
}

/** What another recipe still uses, and this one no longer does. */
function droppedUses(locked: Lock, next: Lock, relock: string): Difference[] {
  return Object.entries(locked.recipes).flatMap(([file, { uses }]) =>
    (Object.keys(uses) as (keyof typeof uses)[]).flatMap((section) => {
      const still = next.recipes[file]?.uses[section];
      return uses[section]
        .filter((name) => name in next[section] && still?.includes(name) === false)
        .map((name) => ({
          path: ["recipes", file, "uses", section],
          message: `${SECTIONS[section]} ${name} is no longer used by ${file}`,
          locked: name,
          here: null,
          mend: `\`${relock}\` takes it out`,
        }));
    }),
  );
}

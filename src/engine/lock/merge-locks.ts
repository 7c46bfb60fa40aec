import type { EnvironmentPin, ImagePin, ImagePlatformPin, Lock, PlatformPin, RecipePin } from "./lock-form.ts";
import { minorOf } from "./lock-names.ts";

/**
 * An earlier lock brought up to date with pins taken here. Recipes that were not asked about stay, as long as their files do; what no recipe
 * uses goes. What other platforms were locked to stays while the packages are the same, and what was locked on this one stays while it is
 * still held to, so that two machines do not write the file to and fro.
 *
 * @param exists whether a recipe of the earlier lock still has its file
 */
export function mergeLocks(earlier: Lock | null, pins: readonly Lock[], exists: (recipe: string) => boolean): Lock {
  const kept = Object.entries(earlier?.recipes ?? {}).filter(([file]) => exists(file));
  const recipes = Object.assign(Object.fromEntries(kept), ...pins.map((each) => each.recipes)) as Lock["recipes"];
  const gathered = [earlier, ...pins].reduce<Lock | null>(
    (sum, next) => (sum === null || next === null ? next : joinSections(sum, next)),
    null,
  );
  const latest = pins.at(-1) ?? earlier;
  if (gathered === null || latest === null) throw new Error("there is nothing to lock");
  return { ...onlyUsed(gathered, Object.values(recipes)), lock: latest.lock, fettle: latest.fettle, recipes };
}

function joinSections(before: Lock, now: Lock): Lock {
  return {
    ...now,
    environments: joinNamed(before.environments, now.environments, joinEnvironment),
    images: joinNamed(imagesStillMeant(before, now), now.images, joinImage),
    toolchains: { ...before.toolchains, ...now.toolchains },
    workers: { ...before.workers, ...now.workers },
    targets: { ...before.targets, ...now.targets },
  };
}

/** Images that were locked, but for those whose packages are others now: a lock that is written without an engine cannot know their new identity. */
function imagesStillMeant(before: Lock, now: Lock): Lock["images"] {
  const requirements = (lock: Lock, name: string) => lock.environments[name]?.requirements;
  return Object.fromEntries(
    Object.entries(before.images).filter(
      ([name]) => requirements(now, name) === undefined || requirements(now, name) === requirements(before, name),
    ),
  );
}

function joinNamed<T>(
  before: Readonly<Record<string, T>>,
  now: Readonly<Record<string, T>>,
  join: (before: T, now: T) => T,
): Record<string, T> {
  const joined = Object.entries(now).map(([name, pin]) => {
    const earlier = before[name];
    return [name, earlier === undefined ? pin : join(earlier, pin)] as const;
  });
  return { ...before, ...Object.fromEntries(joined) };
}

function joinEnvironment(before: EnvironmentPin, now: EnvironmentPin): EnvironmentPin {
  if (before.requirements !== now.requirements) return now;
  return { ...now, platforms: joinNamed(before.platforms, now.platforms, joinPlatform) };
}

// Another patch of the same minor version is held to as well: it would only change the file.
function joinPlatform(before: PlatformPin, now: PlatformPin): PlatformPin {
  return before.python !== now.python && minorOf(before.python) === minorOf(now.python) ? before : now;
}

function joinImage(before: ImagePin, now: ImagePin): ImagePin {
  return { platforms: joinNamed(before.platforms, now.platforms, joinImagePlatform) };
}

// An image that has only been built here is made the same way as the registry's that was locked: that one stays.
function joinImagePlatform(before: ImagePlatformPin, now: ImagePlatformPin): ImagePlatformPin {
  return before.identity === now.identity && now.pinned === null ? before : now;
}

function onlyUsed(lock: Lock, recipes: readonly RecipePin[]): Lock {
  const pick = <T>(section: Readonly<Record<string, T>>, by: keyof RecipePin["uses"]): Record<string, T> => {
    const used = new Set(recipes.flatMap(({ uses }) => uses[by]));
    return Object.fromEntries(Object.entries(section).filter(([name]) => used.has(name)));
  };
  return {
    ...lock,
    environments: pick(lock.environments, "environments"),
    images: pick(lock.images, "environments"),
    toolchains: pick(lock.toolchains, "toolchains"),
    workers: pick(lock.workers, "workers"),
    targets: pick(lock.targets, "targets"),
  };
}

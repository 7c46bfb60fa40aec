import type { Fault } from "../fault.ts";
import type { RecipeText } from "../schema/recipe-schema.ts";
import { didYouMean } from "../suggest.ts";
import type { Draft } from "./check-structure.ts";

/** Whether each image is that of a toolchain which the recipe lists: another would never be run, and most likely is a slip. */
export function checkImages({ images = {}, targets = {} }: Draft<RecipeText>): Fault[] {
  const listed = Object.values(targets).flatMap((use) => use?.toolchains ?? []);
  const names = new Set(listed.flatMap((each) => (typeof each === "string" ? [each] : Object.keys(each ?? {}))));
  return Object.keys(images)
    .filter((name) => !names.has(name))
    .map((name) => ({
      code: "unknown-toolchain",
      path: ["images", name],
      on: "key",
      message: `an image is named for \`${name}\`, which no target of this recipe lists`,
      expected: names.size === 0 ? "a toolchain that a target lists" : `one of ${[...names].map((each) => `\`${each}\``).join(", ")}`,
      ...didYouMean(name, names),
    }));
}

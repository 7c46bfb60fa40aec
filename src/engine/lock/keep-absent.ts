import type { Lock, RecipePin } from "./lock-form.ts";
import type { Pinnable } from "./pinnable.ts";

/**
 * Pins taken here with what an earlier lock has of an optional target's absent parts: written on a machine that has them, they hold there
 * still, and one that lacks them must not write the file to and fro.
 */
export function keepAbsent(pins: Lock, earlier: Lock | null, { inputs }: Pinnable): Lock {
  const absent = new Set(inputs.recipe.targets.flatMap((use) => (use.absent ?? []).map(({ kind, name }) => `${kind} ${name}`)));
  const [entry] = Object.entries(pins.recipes);
  const before = entry === undefined ? undefined : earlier?.recipes[entry[0]];
  if (absent.size === 0 || entry === undefined || before === undefined) return pins;
  const [file, pin] = entry;
  const kept = (section: keyof RecipePin["uses"]) => {
    const kind = section === "targets" ? "target" : "toolchain";
    return [...new Set([...pin.uses[section], ...before.uses[section].filter((name) => absent.has(`${kind} ${name}`))])].sort();
  };
  const uses = { environments: kept("environments"), targets: kept("targets"), toolchains: kept("toolchains"), workers: kept("workers") };
  return { ...pins, recipes: { [file]: { ...pin, uses } } };
}

import { digestBytes } from "../../src/domain/digest.ts";
import type { EnvironmentPin, ImagePin, Lock, RecipePin } from "../../src/engine/lock/lock-form.ts";

/** A digest that reads as what it stands for when a test fails. */
export const digestOf = (text: string) => digestBytes(text);

export function environmentPin(packages: string, platforms: Readonly<Record<string, string>>): EnvironmentPin {
  const pins = Object.entries(platforms).map(
    ([platform, python]) => [platform, { python, identity: digestOf(`${packages} ${platform} ${python}`) }] as const,
  );
  return { requirements: digestOf(packages), python: ">=3.11,<3.14", platforms: Object.fromEntries(pins) };
}

/** `made`: what it is made from; `pinned`: platform -> the registry's reference. */
export function imagePin(made: string, pinned: Readonly<Record<string, string | null>> = { "linux-x86_64": null }): ImagePin {
  const pins = Object.entries(pinned).map(
    ([platform, reference]) =>
      [platform, { base: digestOf("base"), identity: digestOf(`${made} ${platform}`), pinned: reference }] as const,
  );
  return { platforms: Object.fromEntries(pins) };
}

const uses = (over: Partial<RecipePin["uses"]> = {}): RecipePin["uses"] => ({
  environments: ["tvm"],
  targets: ["cpu-x64"],
  toolchains: ["tvm"],
  workers: ["tvm"],
  ...over,
});

export function recipePin(over: Partial<Omit<RecipePin, "uses">> & { readonly uses?: Partial<RecipePin["uses"]> } = {}): RecipePin {
  return {
    model: { sha256: "0123456789abcdef".repeat(4), from: null, external: {} },
    data: { "data.py": digestOf("data") },
    metric: {},
    ...over,
    uses: uses(over.uses),
  };
}

/** The lock of one recipe with one toolchain, made on one machine. */
export function toyLock(over: Partial<Lock> = {}): Lock {
  return {
    lock: 1,
    fettle: "1.2.0",
    recipes: { "a.yaml": recipePin() },
    environments: { tvm: environmentPin("tvm", { "linux-x86_64": "3.11.7" }) },
    images: {},
    toolchains: { tvm: "0.27" },
    workers: { tvm: digestOf("worker") },
    targets: { "cpu-x64": digestOf("target") },
    ...over,
  };
}

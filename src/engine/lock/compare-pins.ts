import { compareEnvironments, type Leniency } from "./compare-environments.ts";
import { compareImages } from "./compare-images.ts";
import { compareAll, compareNeeded, compareValue, type Difference, type Wording } from "./difference.ts";
import type { Lock, RecipePin } from "./lock-form.ts";

/** What a comparison found. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Where this machine is held to less than an exact match, and may be. */
  readonly leniencies: readonly Leniency[];
}

export interface CompareOptions {
  /** This machine's platform: `linux-x86_64`. */
  readonly platform: string;
  /** The command that accepts what is here. */
  readonly relock: string;
}

/** Holds what is here to a lock: everything a recipe needs must be in it and be the same. */
export function comparePins(locked: Lock, here: Lock, { platform, relock }: CompareOptions): Comparison {
  const environments = compareEnvironments(locked.environments, here.environments, { platform, relock });
  const images = compareImages(locked.images, here.images, { platform, relock });
  const accept = `if that is meant, \`${relock}\``;
  return {
    differences: [
      ...compareValue(
        ["fettle"],
        { locked: locked.fettle, here: here.fettle },
        { thing: "Fettle", mend: fettleMend(locked.fettle, relock) },
      ),
      ...Object.entries(here.recipes).flatMap(([file, pin]) => compareRecipe(["recipes", file], locked.recipes[file], pin, relock)),
      ...environments.differences,
      ...images.differences,
      ...compareNeeded(["toolchains"], { locked: locked.toolchains, here: here.toolchains }, (name) => ({
        thing: `the toolchain ${name}`,
        mend: accept,
      })),
      ...compareNeeded(["workers"], { locked: locked.workers, here: here.workers }, (name) => ({
        thing: `the source of the worker ${name}`,
        mend: `restore containers/${name} or the plug-in that brings it; ${accept}`,
      })),
      ...compareNeeded(["targets"], { locked: locked.targets, here: here.targets }, (name) => ({
        thing: `what the file of the target ${name} says`,
        mend: `restore targets/${name}.yaml; ${accept}`,
      })),
    ],
    leniencies: [...environments.leniencies, ...images.leniencies],
  };
}

function fettleMend(version: string, relock: string): string {
  return `use Fettle ${version}, or accept this one: \`${relock}\``;
}

function compareRecipe(path: readonly string[], locked: RecipePin | undefined, here: RecipePin, relock: string): Difference[] {
  const file = path.at(-1) ?? "";
  if (locked === undefined) {
    return [{ path, message: `the recipe ${file} is not in the lock`, locked: null, here: file, mend: `add it: \`${relock}\`` }];
  }
  const wording = (thing: string, restore = ""): Wording => ({ thing, mend: `${restore}if that is meant, \`${relock}\`` });
  const fileWording = (what: string) => (name: string) => wording(`the ${what} ${name}`, "restore the file; ");
  const data = compareAll([...path, "data"], { locked: locked.data, here: here.data }, fileWording("data file or script"));
  const metric = compareAll([...path, "metric"], { locked: locked.metric, here: here.metric }, fileWording("metric's file"));
  return [
    ...compareValue(
      [...path, "model", "sha256"],
      { locked: locked.model.sha256, here: here.model.sha256 },
      wording(`the model of ${file}`),
    ),
    ...compareValue(
      [...path, "model", "from"],
      { locked: locked.model.from, here: here.model.from },
      wording(`where the model of ${file} comes from`),
    ),
    ...compareAll(
      [...path, "model", "external"],
      { locked: locked.model.external, here: here.model.external },
      fileWording("model's external data"),
    ),
    ...data,
    ...metric.filter((each) => !data.some((other) => isSameFile(other, each))),
  ];
}

/** Data and metric scripts that lie in one folder see the same files: one cause is told once. */
function isSameFile(one: Difference, other: Difference): boolean {
  return one.path.at(-1) === other.path.at(-1) && one.locked === other.locked && one.here === other.here;
}

import { compareValue, type Difference } from "./difference.ts";
import type { EnvironmentPin, PlatformPin } from "./lock-form.ts";
import { minorOf } from "./lock-names.ts";

/** Something that is held to less than an exact match: a platform that was never locked, or another patch of Python. */
export interface Leniency {
  readonly kind: "platform" | "python";
  readonly environment: string;
  /** The lock's Python; null for a platform it does not have. */
  readonly locked: string | null;
  readonly here: string;
}

interface Machine {
  readonly platform: string;
  readonly relock: string;
}

interface EnvironmentsComparison {
  readonly differences: readonly Difference[];
  readonly leniencies: readonly Leniency[];
}

type Environments = Readonly<Record<string, EnvironmentPin>>;

/**
 * The list of packages must be the very same: it pins every package of every platform by hash. On a platform that was locked, Python's minor
 * version must be the same too, since packages are built for one.
 */
export function compareEnvironments(locked: Environments, here: Environments, machine: Machine): EnvironmentsComparison {
  const packages = Object.keys(here)
    .sort()
    .flatMap((name) => comparePackages(name, locked, here, machine));
  // Where the packages differ already, what they are installed for does not matter.
  const differing = new Set(packages.map(({ path }) => path[1]));
  const same = Object.keys(here).filter((name) => !differing.has(name));
  const pairs = same.sort().flatMap((name) => platformPair(name, locked, here, machine));
  return {
    differences: [...packages, ...pythonDifferences(pairs, machine), ...pairs.flatMap((pair) => compareIdentity(pair, machine))],
    leniencies: pairs.flatMap(leniencyOf),
  };
}

function comparePackages(name: string, locked: Environments, here: Environments, { relock }: Machine): Difference[] {
  return compareValue(
    ["environments", name, "requirements"],
    { locked: locked[name]?.requirements, here: here[name]?.requirements },
    { thing: `the list of packages of the environment ${name}`, mend: `restore its requirements.lock; if that is meant, \`${relock}\`` },
  );
}

/** An environment on this machine's platform, as locked and as here. */
interface PlatformPair {
  readonly name: string;
  readonly locked: PlatformPin | null;
  readonly here: PlatformPin;
}

/** Nothing where no interpreter fits: the build itself says that there is none. */
function platformPair(name: string, locked: Environments, here: Environments, { platform }: Machine): PlatformPair[] {
  const own = here[name]?.platforms[platform];
  return own === undefined ? [] : [{ name, locked: locked[name]?.platforms[platform] ?? null, here: own }];
}

/** All environments usually have one interpreter: that it is another is one difference, not one for each. */
function pythonDifferences(pairs: readonly PlatformPair[], { platform, relock }: Machine): Difference[] {
  const others = pairs.filter(({ locked, here }) => locked !== null && minorOf(locked.python) !== minorOf(here.python));
  return [...Map.groupBy(others, ({ locked, here }) => `${locked?.python} ${here.python}`).values()].flatMap((alike) => {
    const [first] = alike;
    if (first?.locked == null) return [];
    const names = alike.map(({ name }) => name).join(", ");
    return compareValue(
      ["environments", first.name, "platforms", platform, "python"],
      { locked: first.locked.python, here: first.here.python },
      {
        thing: `the Python of ${alike.length === 1 ? "the environment" : "the environments"} ${names}`,
        mend: `put a Python ${minorOf(first.locked.python)} on PATH; if the other is meant, \`${relock}\``,
      },
    );
  });
}

function compareIdentity({ name, locked, here }: PlatformPair, { platform, relock }: Machine): Difference[] {
  if (locked === null || locked.python !== here.python) return [];
  return compareValue(
    ["environments", name, "platforms", platform, "identity"],
    { locked: locked.identity, here: here.identity },
    { thing: `the environment ${name}`, mend: `if that is meant, \`${relock}\`` },
  );
}

function leniencyOf({ name, locked, here }: PlatformPair): Leniency[] {
  if (locked === null) return [{ kind: "platform", environment: name, locked: null, here: here.python }];
  if (locked.python === here.python || minorOf(locked.python) !== minorOf(here.python)) return [];
  return [{ kind: "python", environment: name, locked: locked.python, here: here.python }];
}

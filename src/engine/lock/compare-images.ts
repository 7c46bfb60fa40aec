import type { Leniency } from "./compare-environments.ts";
import { compareValue, type Difference } from "./difference.ts";
import type { ImagePin, ImagePlatformPin } from "./lock-form.ts";

type Images = Readonly<Record<string, ImagePin>>;

interface Machine {
  readonly platform: string;
  readonly relock: string;
}

interface ImagesComparison {
  readonly differences: readonly Difference[];
  readonly leniencies: readonly Leniency[];
}

/**
 * On a platform that was locked an image must be made from the same base by the same rules; where a registry's image was locked, it must be
 * that very one, bytes and all. An image that was locked on other platforms only is held to by its list of packages.
 */
export function compareImages(locked: Images, here: Images, machine: Machine): ImagesComparison {
  const compared = Object.keys(here)
    .sort()
    .map((name) => compareOne(name, locked[name], here[name]?.platforms[machine.platform], machine));
  return {
    differences: compared.flatMap(({ differences }) => differences),
    leniencies: compared.flatMap(({ leniencies }) => leniencies),
  };
}

function compareOne(
  name: string,
  locked: ImagePin | undefined,
  here: ImagePlatformPin | undefined,
  { platform, relock }: Machine,
): ImagesComparison {
  if (here === undefined) return { differences: [], leniencies: [] };
  if (locked === undefined) {
    const message = `the image of ${name} is not in the lock`;
    const mend = `add it: \`${relock}\` with the same \`--executor\`; or use \`--executor sandbox\``;
    return {
      differences: [{ path: ["images", name], message, locked: null, here: here.identity, mend }],
      leniencies: [],
    };
  }
  const pin = locked.platforms[platform];
  if (pin === undefined) {
    return { differences: [], leniencies: [{ kind: "platform", environment: name, locked: null, here: here.identity }] };
  }
  return { differences: comparePlatform(["images", name, "platforms", platform], pin, here, relock), leniencies: [] };
}

/** The first thing that differs: what follows from it would be noise. */
function comparePlatform(path: readonly string[], locked: ImagePlatformPin, here: ImagePlatformPin, relock: string): Difference[] {
  const name = path[1] ?? "";
  const accept = `if that is meant, \`${relock}\``;
  const values = (key: keyof ImagePlatformPin) => ({ locked: locked[key], here: here[key] });
  const bases = { locked: contentsOf(locked.base), here: contentsOf(here.base) };
  const base = compareValue([...path, "base"], bases, { thing: `the base image of ${name}`, mend: accept });
  if (base.length > 0) return base;
  const identity = compareValue([...path, "identity"], values("identity"), {
    thing: `what the image of ${name} is made from`,
    mend: `restore its Containerfile and requirements.lock; ${accept}`,
  });
  if (identity.length > 0 || locked.pinned === null) return identity;
  return compareValue([...path, "pinned"], values("pinned"), {
    thing: `the registry's image of ${name}`,
    mend: `bring it in: \`fettle images pull ${name}\`; ${accept}`,
  });
}

/** The digest of a reference: a mirror gives the same image another name. */
function contentsOf(reference: string | null): string | null {
  return reference === null ? null : reference.slice(reference.indexOf("@") + 1);
}

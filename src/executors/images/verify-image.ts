import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { EnvironmentSpec } from "../../domain/environment.ts";
import type { Failure } from "../../domain/failure.ts";
import { type LockedPackage, lockedPackages } from "../../domain/locked-packages.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { parseJsonOrNull } from "../../system/parse-json.ts";
import { imageFailure } from "./image-failure.ts";
import { IMAGE_ROOT, LABELS } from "./image-layout.ts";
import type { ImageSite } from "./image-site.ts";
import { findOwnImage, imageLog } from "./own-image.ts";
import { runOnce } from "./run-once.ts";

export interface ImageVerdict {
  readonly id: string;
  readonly packages: number;
  readonly files: number;
  /** What is not as it should be; empty for a whole image. */
  readonly problems: readonly string[];
}

const contentsSchema = z.object({
  python: z.string(),
  installed: z.record(z.string(), z.string()),
  files: z.int(),
  /** Paths whose bytes are not those that the package's record names. */
  damaged: z.array(z.string()),
});
type Contents = z.output<typeof contentsSchema>;

/**
 * Looks into an image: whether its labels are those of what would be built now, its packages are exactly the lock's, and every file of a
 * package still has the bytes that the package came with.
 */
export async function verifyImage(site: ImageSite, spec: EnvironmentSpec): Promise<Result<ImageVerdict, Failure>> {
  const found = await findOwnImage(site, spec, "verify");
  if (!found.ok) return found;
  const { engine, root, signal } = site;
  const { image, recipe } = found.value;
  site.onProgress(spec.name, "hashing its files");
  const script = await readFile(join(containerDirectory("images"), "contents.py"), "utf8");
  const asked = { image: image.id, program: `${IMAGE_ROOT}/bin/python`, args: ["-I", "-c", script] };
  const end = await runOnce(engine, asked, { signal });
  const contents = contentsSchema.safeParse(parseJsonOrNull(end.stdout));
  if (end.code !== 0 || !contents.success) {
    const doing = `look into the image of ${spec.name}`;
    return err(imageFailure(engine.name, { doing, output: end.output, log: imageLog(root, spec.name), interrupted: signal.aborted }));
  }
  const locked = lockedPackages(await readFile(recipe.files.lock, "utf8"));
  const said = image.labels[LABELS.python] ?? "none";
  const problems = [
    ...(said === contents.data.python ? [] : [`its label says Python ${said}, it has ${contents.data.python}`]),
    ...compareWithLock(locked, contents.data.installed),
    ...damageText(contents.data),
  ];
  return ok({ id: image.id, packages: Object.keys(contents.data.installed).length, files: contents.data.files, problems });
}

/** How what is installed differs from a lock. A package with a condition (`; sys_platform == ...`) may be left out. Pure. */
export function compareWithLock(locked: readonly LockedPackage[], installed: Readonly<Record<string, string>>): string[] {
  const versions = Map.groupBy(locked, ({ name }) => name);
  const strangers = Object.entries(installed).flatMap(([name, version]) => {
    const allowed = versions.get(name)?.map((each) => each.version);
    if (allowed === undefined) return [`it has ${name} ${version}, which the lock has not`];
    return allowed.includes(version) ? [] : [`it has ${name} ${version}, the lock has ${allowed.join(" or ")}`];
  });
  const absent = [...versions].filter(([name, entries]) => !(name in installed) && entries.some(({ conditional }) => !conditional));
  return [...strangers, ...absent.map(([name]) => `it lacks ${name}`)];
}

const SHOWN = 5;

function damageText({ damaged }: Contents): string[] {
  const rest = damaged.length - SHOWN;
  const shown = damaged.slice(0, SHOWN).map((path) => `${path} is not as its package brought it`);
  return rest > 0 ? [...shown, `and ${rest} more files`] : shown;
}

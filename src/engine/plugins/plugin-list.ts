import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { errorCode } from "../../system/error-code.ts";
import { lockFile } from "../../system/file-lock.ts";

/** A plug-in as the user's list has it. */
export interface ListedPlugin {
  readonly name: string;
  /** `user`: a package that was installed; `link`: a folder of the user's own. */
  readonly type: "user" | "link";
  /** Its package folder, absolute or in the data folder; absent: `node_modules/<name>` there, as oclif's own tool and npm leave it. */
  readonly root?: string | undefined;
  readonly version?: string | undefined;
  /** Of the package's archive, as npm names it: `sha512-...`. */
  readonly integrity?: string | undefined;
  /** What the user asked for: `fettle-plugin-x@1.2.0`, `./x.tgz`. */
  readonly from?: string | undefined;
}

/** The folder of a user's plug-ins: FETTLE_DATA_DIR, else `fettle` in XDG_DATA_HOME, else in ~/.local/share. It is oclif's data folder. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.FETTLE_DATA_DIR) return env.FETTLE_DATA_DIR;
  return join(env.XDG_DATA_HOME || join(env.HOME || homedir(), ".local/share"), "fettle");
}

/** The plug-ins in the order they were added. A folder without a list has none; a list that cannot be read is `invalid-data`. */
export async function readPluginList(data: string): Promise<Result<readonly ListedPlugin[], Failure>> {
  const file = listFile(data);
  try {
    const document: unknown = JSON.parse(await readFile(file, "utf8"));
    return ok((await parseList(document)).oclif.plugins);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return ok([]);
    const message = `The list of plug-ins, ${file}, cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return err({ reason: "invalid-data", message, hint: "Mend it, or remove it and install the plug-ins again." });
  }
}

/** Where a listed plug-in's package is. Absolute. */
export function pluginRoot(data: string, plugin: ListedPlugin): string {
  return resolve(data, plugin.root ?? join("node_modules", plugin.name));
}

/** Changes the list, one process at a time; what is read is whole at any moment. Other keys of the file stay as they are. */
export async function changePluginList(
  data: string,
  change: (plugins: readonly ListedPlugin[]) => readonly ListedPlugin[],
): Promise<Result<null, Failure>> {
  await mkdir(data, { recursive: true });
  const lock = await lockFile({ path: join(data, "plugins.lock"), mode: "exclusive" });
  if (!lock.ok) return lock;
  try {
    const plugins = await readPluginList(data);
    if (!plugins.ok) return plugins;
    const file = listFile(data);
    const document = await parseList(JSON.parse(await readFile(file, "utf8").catch(() => "{}")));
    const changed = { private: true, ...document, oclif: { schema: 1, ...document.oclif, plugins: change(plugins.value) } };
    const aside = join(dirname(file), `.package-${process.pid}.json`);
    await writeFile(aside, `${JSON.stringify(changed, null, 2)}\n`);
    await rename(aside, file);
    return ok(null);
  } finally {
    lock.value.release();
  }
}

// Loaded when there is a list: most users have none, and every start asks.
async function parseList(document: unknown) {
  const { listSchema } = await import("./plugin-list-schema.ts");
  return listSchema.parse(document);
}

function listFile(data: string): string {
  return join(data, "package.json");
}

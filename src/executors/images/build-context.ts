import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import type { Result } from "../../domain/result.ts";
import { type RunFolder, withRunFolder } from "../../system/run-folder.ts";
import { findPip } from "../environments/pip-program.ts";
import { type PipSettings, parsePipConfig } from "../environments/pip-settings.ts";
import { runTool, toolEnvironment } from "../environments/run-tool.ts";
import type { BuildWords } from "./build-argv.ts";
import { imageWork } from "./image-layout.ts";
import type { ImageRecipe } from "./image-recipe.ts";

/** What a build reads of this machine. */
interface BuildContext {
  /** Absolute folder that the client runs in. */
  readonly cwd: string;
  /** Relative to it: clients take a comma in a path for the end of it, and a store's path may have one. */
  readonly words: Pick<BuildWords, "context" | "idFile" | "secrets">;
  /** What the user should know of settings that cannot be passed on; null where there is nothing. */
  readonly note: string | null;
  /** A client that outlives us keeps it, so that nobody takes the context from under it. */
  readonly lockDescriptor: number;
}

export interface ContextSite {
  /** The store's root. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Lays out what an image is built from, and the user's own settings of where packages come from as secrets beside it, for as long as `use`
 * takes. It lies in the store, where the next Fettle finds and removes what a killed one left.
 */
export async function withBuildContext<T>(
  { files }: Pick<ImageRecipe, "files">,
  { root, env, signal }: ContextSite,
  use: (context: BuildContext) => Promise<T>,
): Promise<Result<T, Failure>> {
  return await withRunFolder(imageWork(root), async (run) => await use(await fillContext(files, run, { env, signal })));
}

async function fillContext(
  files: ImageRecipe["files"],
  { path: cwd, lockDescriptor }: RunFolder,
  { env, signal }: Omit<ContextSite, "root">,
): Promise<BuildContext> {
  const words = { context: "context", idFile: "id" };
  const folder = join(cwd, words.context);
  await mkdir(folder);
  await copyFile(files.containerfile, join(folder, "Containerfile"));
  await copyFile(files.lock, join(folder, "requirements.lock"));
  await copyFile(files.install, join(folder, "install-requirements"));
  const settings = await pipSettings(env, signal);
  const pipconf = await writeSecret(cwd, "pip.conf", pipConfigurationText(settings));
  const secrets = { ca: env.FETTLE_CA ?? env.SSL_CERT_FILE ?? settings.certificates, pipconf };
  return { cwd, words: { ...words, secrets }, note: localOnly(settings), lockDescriptor };
}

/** Settings that also hold in a container: addresses, never this machine's folders or files. Empty where there are none. */
export function pipConfigurationText({ indexUrl, extraIndexUrls, findLinks, noIndex, proxy, trustedHosts }: PipSettings): string {
  const list = (name: string, values: readonly string[]) => (values.length === 0 ? [] : [`${name} = ${values.join(" ")}`]);
  const settings = [
    ...list("index-url", indexUrl === null || isLocal(indexUrl) ? [] : [indexUrl]),
    ...list(
      "extra-index-url",
      extraIndexUrls.filter((url) => !isLocal(url)),
    ),
    ...list(
      "find-links",
      findLinks.filter((place) => !isLocal(place)),
    ),
    ...(noIndex ? ["no-index = true"] : []),
    ...list("proxy", proxy === null ? [] : [proxy]),
    ...list("trusted-host", trustedHosts),
  ];
  return settings.length === 0 ? "" : `[global]\n${settings.join("\n")}\n`;
}

function localOnly({ indexUrl, extraIndexUrls, findLinks }: PipSettings): string | null {
  const local = [...(indexUrl === null ? [] : [indexUrl]), ...extraIndexUrls, ...findLinks].filter(isLocal);
  return local.length === 0 ? null : `pip's folders of this machine are not seen by the build: ${local.join(", ")}`;
}

function isLocal(place: string): boolean {
  return place.startsWith("file:") || !place.includes("://");
}

async function pipSettings(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<PipSettings> {
  const pip = await findPip("python3", env, signal);
  const listing =
    pip === null ? "" : (await runTool({ argv: [...pip, "config", "list"], cwd: "/", env: toolEnvironment(env), signal })).stdout;
  return parsePipConfig(listing);
}

// An index may need a password: only its owner may read the file.
async function writeSecret(folder: string, name: string, text: string): Promise<string | null> {
  if (text === "") return null;
  await writeFile(join(folder, name), text, { mode: 0o600 });
  return name;
}

import { copyFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "../../system/remove-folder.ts";
import { findPip } from "../environments/pip-program.ts";
import { type PipSettings, parsePipConfig } from "../environments/pip-settings.ts";
import { runTool, toolEnvironment } from "../environments/run-tool.ts";
import type { BuildWords } from "./build-argv.ts";
import type { ImageRecipe } from "./image-recipe.ts";

/** What a build reads of this machine. */
export interface BuildContext {
  /** Absolute folder that holds all a build may copy, and its Containerfile. */
  readonly folder: string;
  readonly secrets: BuildWords["secrets"];
  /** Absolute path for the built image's id. */
  readonly idFile: string;
  /** What the user should know of settings that cannot be passed on; null where there is nothing. */
  readonly note: string | null;
  remove(): Promise<void>;
}

/** Lays out what an image is built from, and the user's own settings of where packages come from as secrets beside it. */
export async function makeBuildContext(
  { files }: Pick<ImageRecipe, "files">,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<BuildContext> {
  const parent = await mkdtemp(join(tmpdir(), "fettle-image-"));
  const folder = await mkdtemp(join(parent, "context-"));
  await copyFile(files.containerfile, join(folder, "Containerfile"));
  await copyFile(files.lock, join(folder, "requirements.lock"));
  await copyFile(files.install, join(folder, "install-requirements"));
  const settings = await pipSettings(env, signal);
  const pipconf = await writeSecret(join(parent, "pip.conf"), pipConfigurationText(settings));
  return {
    folder,
    secrets: { ca: env.FETTLE_CA ?? env.SSL_CERT_FILE ?? settings.certificates, pipconf },
    idFile: join(parent, "id"),
    note: localOnly(settings),
    remove: () => removeFolder(parent),
  };
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
async function writeSecret(path: string, text: string): Promise<string | null> {
  if (text === "") return null;
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

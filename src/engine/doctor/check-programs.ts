import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isComplete } from "../../executors/environments/completion.ts";
import { type PipSettings, parsePipConfig } from "../../executors/environments/pip-settings.ts";
import { runTool, toolEnvironment } from "../../executors/environments/run-tool.ts";
import { askUv, ownUv } from "../../executors/environments/uv-program.ts";
import { tryForReal } from "../../executors/sandbox/choose-isolation.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { type Answer, absent, type Check, type CheckContext, fails, limited, works } from "./check.ts";

/** The programs that Fettle itself starts. */
export const programChecks: readonly Check[] = [
  { group: "programs", name: "flock", needed: true, run: checkFlock },
  { group: "programs", name: "python", needed: true, run: checkPython },
  { group: "programs", name: "uv", needed: false, run: checkUv },
  { group: "programs", name: "pip settings", needed: false, run: checkPipSettings },
  { group: "programs", name: "npm", needed: false, run: checkNpm },
];

async function checkFlock(context: CheckContext): Promise<Answer> {
  const refusal = await tryForReal(["flock", "--nonblock", "--shared", "/dev/null", "true"], context.timeLeft());
  return refusal === null ? works("locks can be taken") : fails(refusal, context.install("util-linux"));
}

async function checkPython(context: CheckContext): Promise<Answer> {
  const found = await context.python();
  if ("program" in found) return works(`${found.version} at ${found.program}`);
  const seen = found.unfit.length === 0 ? "none was found on PATH" : `found ${found.unfit.join(", ")}`;
  return fails(`no CPython ${found.range} (${seen})`, context.install("python"));
}

async function checkUv(context: CheckContext): Promise<Answer> {
  const [onPath, own] = await Promise.all([askUv("uv", context), broughtIn(context)]);
  if (onPath?.enough === true) return works(`${onPath.version} on PATH`);
  const old = onPath === null ? "" : `; the one on PATH (${onPath.version}) is too old`;
  if (own !== null) return works(`${own} in the store${old}`);
  const pip = await context.pip();
  if (pip !== null) return works(`pip brings it in when the first environment is made${old}`);
  return limited(`neither uv nor a pip to bring it in with: no environment can be made${old}`, context.install("pip"));
}

/** What pip is set to, since packages are fetched by its settings; passwords in addresses are never shown. */
async function checkPipSettings(context: CheckContext): Promise<Answer> {
  const pip = await context.pip();
  if (pip === null) return absent("no pip, so uv's own settings count");
  const listing = await runTool({ argv: [...pip, "config", "list"], cwd: "/", env: toolEnvironment(context.env), signal: context.signal });
  if (listing.code !== 0) return fails("pip cannot read its settings", [...pip, "config", "debug"].join(" "));
  const settings = parsePipConfig(listing.stdout);
  const lost = [settings.certificates, settings.clientCertificate].find((path) => path !== null && !existsSync(path));
  if (lost) return fails(`the certificate ${lost} of pip's settings is not there`, [...pip, "config", "unset", "global.cert"].join(" "));
  return works(settingsText(settings));
}

async function checkNpm(context: CheckContext): Promise<Answer> {
  const refusal = await tryForReal(["npm", "--version"], context.timeLeft());
  if (refusal === null) return works("models can be fetched from npm packages");
  return absent(`${refusal}; only models from npm packages need it`, context.install("npm"));
}

/** Version of the uv that pip brought into the store, if it did. */
async function broughtIn({ root }: CheckContext): Promise<string | null> {
  const lock = await readFile(join(containerDirectory("uv"), "requirements.lock"), "utf8");
  const version = /^uv==(\S+)/m.exec(lock)?.[1] ?? "";
  return (await isComplete(ownUv(root, version))) ? version : null;
}

function settingsText(settings: PipSettings): string {
  const more = settings.extraIndexUrls.length;
  const parts = [
    settings.noIndex ? "no index" : `index ${settings.indexUrl === null ? "pypi.org" : withoutSecrets(settings.indexUrl)}`,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(settings.findLinks.length > 0 ? [`packages from ${settings.findLinks.map(withoutSecrets).join(", ")}`] : []),
    ...(settings.proxy === null ? [] : [`proxy ${withoutSecrets(settings.proxy)}`]),
    ...(settings.certificates === null ? [] : ["own certificates"]),
  ];
  return parts.join(", ");
}

function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return address.replace(/^.*@/, "");
  const url = new URL(address);
  return url.protocol === "file:" ? url.pathname : `${url.host}${url.pathname}`.replace(/\/$/, "");
}

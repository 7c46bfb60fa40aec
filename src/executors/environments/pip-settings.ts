import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The settings of a user's pip that say where packages come from and how they are reached. */
export interface PipSettings {
  readonly indexUrl: string | null;
  readonly extraIndexUrls: readonly string[];
  readonly findLinks: readonly string[];
  readonly noIndex: boolean;
  readonly certificates: string | null;
  readonly clientCertificate: string | null;
  readonly proxy: string | null;
  readonly trustedHosts: readonly string[];
}

/**
 * Reads the output of `pip config list`: lines such as `global.index-url='https://..'`. Of one setting, what is for `install` wins over
 * `global`, and a PIP_ variable (`:env:`) over both, as in pip.
 */
export function parsePipConfig(listing: string): PipSettings {
  const values = new Map<string, string>();
  for (const section of ["global", "install", ":env:"]) {
    for (const line of listing.split("\n")) {
      const setting = /^(:env:|\w+)\.([\w-]+)=(['"])(.*)\3$/.exec(line.trim());
      if (setting?.[1] === section) values.set(setting[2] ?? "", unescapePython(setting[4] ?? ""));
    }
  }
  const words = (name: string) => (values.get(name) ?? "").split(/\s+/).filter(Boolean);
  return {
    indexUrl: values.get("index-url") || null,
    extraIndexUrls: words("extra-index-url").filter(exists),
    findLinks: words("find-links").filter(exists),
    noIndex: /^(?:1|true|yes|on)$/i.test(values.get("no-index") ?? ""),
    certificates: values.get("cert") || null,
    clientCertificate: values.get("client-cert") || null,
    proxy: values.get("proxy") || null,
    trustedHosts: words("trusted-host"),
  };
}

/**
 * The same settings in uv's words; uv reads neither pip's files nor its variables. What the user set for uv itself wins.
 * With several indexes every one is asked, as pip does: each file is held to its hash, so a stranger's package cannot slip in.
 */
export function uvVariables(settings: PipSettings, env: Readonly<Record<string, string>>): Record<string, string> {
  const mapped: Record<string, string | null> = {
    UV_DEFAULT_INDEX: settings.indexUrl,
    UV_INDEX: settings.extraIndexUrls.join(" ") || null,
    UV_INDEX_STRATEGY: settings.extraIndexUrls.length > 0 ? "unsafe-best-match" : null,
    UV_FIND_LINKS: settings.findLinks.join(",") || null,
    UV_NO_INDEX: settings.noIndex ? "1" : null,
    UV_INSECURE_HOST: settings.trustedHosts.join(" ") || null,
    // uv brings its own list of authorities; a company's is in the system's.
    UV_SYSTEM_CERTS: "1",
    SSL_CERT_FILE: settings.certificates,
    SSL_CLIENT_CERT: settings.clientCertificate,
    HTTPS_PROXY: settings.proxy,
    HTTP_PROXY: settings.proxy,
  };
  const taken = Object.entries(mapped).filter((entry): entry is [string, string] => entry[1] !== null && env[entry[0]] === undefined);
  return Object.fromEntries(taken);
}

// pip goes on without a local folder that is not there; uv would not.
function exists(place: string): boolean {
  if (place.startsWith("file:")) return URL.canParse(place) && existsSync(fileURLToPath(place));
  return !place.startsWith("/") || existsSync(place);
}

function unescapePython(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}

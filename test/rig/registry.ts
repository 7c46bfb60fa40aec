import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { inRepository } from "./repository.ts";

export interface Registry {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** The digest that an image has here, `sha256:...`. */
  digestOf(repository: string, tag: string): Promise<string>;
  stop(): void;
}

/** A container registry of a test file's own, on a port that nobody uses. It is to be stopped in the end. */
export async function startRegistry(): Promise<Registry> {
  // Not a folder of one test's.
  const folder = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
  const env = { ...process.env, FETTLE_ENGINES: folder, PORT: String(await freePort()) };
  const program = inRepository("containers/images/registry.sh");
  const address = execFileSync(program, ["start"], { env, encoding: "utf8" }).trim();
  return {
    address,
    async digestOf(repository, tag) {
      const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
      const answer = await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, { method: "HEAD", headers: { accept } });
      const digest = answer.headers.get("docker-content-digest");
      if (digest === null) throw new Error(`the registry has no ${repository}:${tag}: ${answer.status}`);
      return digest;
    },
    stop() {
      execFileSync(program, ["stop"], { env });
      execFileSync("rm", ["-rf", folder]);
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0));
    });
  });
}

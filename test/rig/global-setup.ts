import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Compiles what changed, so that tests which start the real program never run an old one. */
export function setup(): void {
  execFileSync(fileURLToPath(new URL("../../scripts/setup.sh", import.meta.url)), { stdio: ["ignore", "ignore", "inherit"] });
}

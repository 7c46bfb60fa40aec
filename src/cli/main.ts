import { execute } from "@oclif/core";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { loadPlugins } from "./plugins/load-plugins.ts";

/** Runs the command line of this process. */
export async function main(): Promise<void> {
  process.stdout.on("error", endQuietly);
  await execute({ loadOptions: { root: PACKAGE_ROOT, plugins: await loadPlugins(PACKAGE_ROOT, process.env) } });
}

/** `fettle plan x.yaml | head`: a reader that has seen enough is no error. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}

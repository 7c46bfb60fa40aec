import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

let lent = false;

/**
 * Lets plug-ins import `fettle/plugin` and the like from wherever they lie, and get the very modules of the program that runs
 * them: no second copy whose classes are others, no version that does not fit, and nothing to install.
 */
export function lendOwnModules(root: string): void {
  if (lent) return;
  lent = true;
  // A package may import itself by its name: from here `fettle/...` means its own `exports`.
  const parentURL = pathToFileURL(join(root, "package.json")).href;
  registerHooks({
    resolve: (specifier, context, next) => next(specifier, specifier.startsWith("fettle/") ? { ...context, parentURL } : context),
  });
}

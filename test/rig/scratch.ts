import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { removeFolder } from "../../src/system/remove-folder.ts";

/** A new empty folder that goes away with the test, read-only contents included. */
export function scratchFolder(name = "scratch"): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), `fettle-${name}-`));
  onTestFinished(() => removeFolder(path));
  return path;
}

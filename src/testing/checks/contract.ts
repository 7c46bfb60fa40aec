import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lockedPackages, packageName } from "../../domain/locked-packages.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import { registerToolchains } from "../../toolchains/registry.ts";
import { type Check, failed, passed } from "../check.ts";

/** The object, the worker's folder and the lock are what Fettle takes. */
export const contract: Check = {
  name: "contract",
  title: "the object follows the contract, and its folder has worker.py and a lock that fits",
  run({ bench: { subject, query } }) {
    const { toolchain } = subject;
    const [fault] = registerToolchains([{ plugin: toolchain.name, toolchains: [toolchain] }]).faults;
    if (fault !== undefined) return failed(fault.message);
    const missing = ["worker.py", "requirements.lock"].find((file) => !existsSync(join(toolchain.directory, file)));
    if (missing !== undefined) return failed(`${toolchain.directory} has no ${missing}`);
    const locked = readLock(toolchain);
    if (!locked.ok) return failed(locked.error);
    const support = toolchain.canCompile(query);
    return support.yes ? passed(locked.value) : failed(`it refuses what it is tried on: ${support.why}`);
  },
};

/** What the lock says of the toolchain, or what is wrong with it. */
function readLock({ directory, mainPackage, makerImage }: Toolchain): Result<string, string> {
  const lock = join(directory, "requirements.lock");
  const text = readFileSync(lock, "utf8");
  const packages = lockedPackages(text);
  if (makerImage !== undefined) {
    if (packages.length === 0) return ok(`runs in an image that holds ${makerImage.holds}`);
    return err(`it runs in its maker's image, and ${lock} lists ${packages.length} packages that nothing installs`);
  }
  const main = packages.find(({ name }) => name === packageName(mainPackage));
  if (main === undefined) return err(`${lock} does not pin ${mainPackage}`);
  return text.includes("--hash=sha256:") ? ok(`${mainPackage} ${main.version}`) : err(`${lock} has no hashes`);
}

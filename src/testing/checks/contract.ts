import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { registerToolchains } from "../../toolchains/registry.ts";
import { lockedVersion } from "../../toolchains/worker-identity.ts";
import { type Check, failed, passed } from "../check.ts";

/** The object, the worker's folder and the lock are what Fettle takes. */
export const contract: Check = {
  name: "contract",
  title: "the object follows the contract, and its folder has worker.py and a lock that pins the main package",
  async run({ bench: { subject, query } }) {
    const { toolchain } = subject;
    const [fault] = registerToolchains([{ plugin: toolchain.name, toolchains: [toolchain] }]).faults;
    if (fault !== undefined) return failed(fault.message);
    const missing = ["worker.py", "requirements.lock"].find((file) => !existsSync(join(toolchain.directory, file)));
    if (missing !== undefined) return failed(`${toolchain.directory} has no ${missing}`);
    const lock = join(toolchain.directory, "requirements.lock");
    const version = await lockedVersion(lock, toolchain.mainPackage);
    if (version === null) return failed(`${lock} does not pin ${toolchain.mainPackage}`);
    if (!readFileSync(lock, "utf8").includes("--hash=sha256:")) return failed(`${lock} has no hashes`);
    const support = toolchain.canCompile(query);
    return support.yes ? passed(`${toolchain.mainPackage} ${version}`) : failed(`it refuses what it is tried on: ${support.why}`);
  },
};

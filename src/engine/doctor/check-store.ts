import { access, constants, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { leaseFolder, makeLeaseFolder } from "../../devices/lease-folder.ts";
import { readOwner } from "../../devices/lease-owner.ts";
import { formatBytes } from "../../report/format.ts";
import { storeLayout } from "../../store/layout.ts";
import { errorCode } from "../../system/error-code.ts";
import { tryLockFile } from "../../system/file-lock.ts";
import { makeFolder } from "../../system/make-folder.ts";
import { type Answer, type Check, type CheckContext, fails, limited, works } from "./check.ts";

/** Where results, environments and locks are kept. */
export const storeChecks: readonly Check[] = [
  { group: "store", name: "folder", needed: true, run: checkFolder },
  { group: "store", name: "room", needed: true, run: checkRoom },
  { group: "store", name: "file system", needed: true, run: checkFileSystem },
  { group: "store", name: "leases", needed: true, run: checkLeases },
];

/** A build of a small model needs some hundred megabytes at the least, and the environments of all toolchains about 2 GB, once. */
const LEAST_ROOM_BYTES = 200e6;
const GOOD_ROOM_BYTES = 4e9;
/** Environments have tens of thousands of files. */
const LEAST_FILES = 5_000;

/** Really writes: a file beside its place, then renamed, as everything in the store is. */
async function checkFolder({ root }: CheckContext): Promise<Answer> {
  const aside = join(root, `.doctor-${process.pid}`);
  try {
    await makeFolder(root);
    await writeFile(aside, "");
    await rename(aside, `${aside}.done`);
    return works(root);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    const readable = await access(root, constants.R_OK).then(
      () => "; results in it can still be read",
      () => "",
    );
    return fails(`${root} cannot be written (${code})${readable}`, folderMend(root, code));
  } finally {
    await Promise.all([rm(aside, { force: true }), rm(`${aside}.done`, { force: true })]).catch(() => {});
  }
}

async function checkRoom({ root }: CheckContext): Promise<Answer> {
  const disk = await statfs(await nearestFolder(root));
  const free = disk.bavail * disk.bsize;
  const text = `${formatBytes(free)} free`;
  const prune = "fettle store prune --older-than '720 h'";
  if (free < LEAST_ROOM_BYTES) return fails(`${text}: too little for a build`, prune);
  // A file system without a fixed number of files says 0 of 0.
  if (disk.files > 0 && disk.ffree < LEAST_FILES) return fails(`${text}, but room for only ${disk.ffree} more files`, prune);
  if (free < GOOD_ROOM_BYTES) return limited(`${text}: all toolchains' environments need about 2 GB`, prune);
  return works(text);
}

/** Results are renamed into their place, and environments share files with the cache: both need one file system. */
async function checkFileSystem({ root }: CheckContext): Promise<Answer> {
  const { work, trees, actions, environments, cache } = storeLayout(root);
  const deviceOf = async (path: string) => (await stat(path).catch(() => null))?.dev ?? null;
  const own = await deviceOf(await nearestFolder(root));
  const apart = async (paths: readonly string[]) => {
    const devices = await Promise.all(paths.map(deviceOf));
    return paths.find((_, index) => devices[index] !== null && devices[index] !== own) ?? null;
  };
  const broken = await apart([work, trees, actions]);
  if (broken !== null) return fails(`${broken} lies on another file system: results cannot be renamed into place`);
  const copied = await apart([environments, cache]);
  if (copied !== null) return limited(`${copied} lies on another file system: files are copied instead of shared`);
  return works("one for all parts of the store");
}

async function checkLeases({ env, install }: CheckContext): Promise<Answer> {
  const folder = leaseFolder(env);
  const usable = makeLeaseFolder(folder);
  const mend = `sudo install -d -m 1777 ${folder}`;
  if (!usable.ok) return fails(usable.error.message.replace(/\.$/, ""), mend);
  const path = join(folder, "cpu.lock");
  const lock = await tryLockFile({ path, mode: "shared", permissions: 0o666 });
  // Anything but the file itself is about flock(1), which takes the locks.
  const isFile = lock.ok || lock.error.reason !== "internal-error";
  if (!lock.ok) return fails(lock.error.message.replace(/\.$/, ""), isFile ? mend : install("util-linux"));
  lock.value?.release();
  if (lock.value !== null) return works(folder);
  const owner = readOwner(path);
  return works(`${folder}; the CPU is being measured on${owner === null ? "" : ` by process ${owner.pid}`}`);
}

/** Permissions can be given; for what is no folder, or cannot be written at all, the store needs another place. */
function folderMend(root: string, code: string): string {
  return code === "EACCES" || code === "EPERM" ? `sudo chown -R "$(id -u)" ${root}` : "export FETTLE_HOME=$HOME/fettle-store";
}

async function nearestFolder(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found?.isDirectory() || at === dirname(at)) return at;
  }
}

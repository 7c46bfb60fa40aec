import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Mount } from "../../domain/command.ts";
import { SANDBOX_ID, SANDBOX_USER } from "./command-environment.ts";

/** A command's own /tmp, /dev/shm, HOME and account files; they lie in its workspace, on disk, and go with it. */
export interface PrivateFolders {
  readonly temporary: string;
  /** Files of shared memory. On the disk: what lies in a tmpfs is memory that no process is seen to hold. */
  readonly shared: string;
  readonly home: string;
  readonly passwd: string;
  readonly group: string;
  readonly hosts: string;
}

/** Makes the private folders of a workspace. Idempotent. Without the account files `getpwuid` fails inside. */
export async function makePrivateFolders(workspace: string): Promise<PrivateFolders> {
  const at = (name: string) => join(workspace, ".sandbox", name);
  const folders = {
    ...{ temporary: at("tmp"), shared: at("shm"), home: at("home") },
    ...{ passwd: at("passwd"), group: at("group"), hosts: at("hosts") },
  };
  await mkdir(folders.temporary, { recursive: true });
  await mkdir(folders.shared, { recursive: true });
  await mkdir(folders.home, { recursive: true });
  await writeFile(folders.passwd, `${SANDBOX_USER}:x:${SANDBOX_ID}:${SANDBOX_ID}::/home/${SANDBOX_USER}:/bin/sh\n`);
  await writeFile(folders.group, `${SANDBOX_USER}:x:${SANDBOX_ID}:\n`);
  await writeFile(folders.hosts, "127.0.0.1 localhost\n::1 localhost\n");
  return folders;
}

/** Shows mounts as links, where nothing can be mounted. */
export async function linkMounts(workspace: string, mounts: readonly Mount[]): Promise<void> {
  for (const { source, at } of mounts) {
    const place = join(workspace, at);
    await mkdir(dirname(place), { recursive: true });
    await symlink(source, place);
  }
}

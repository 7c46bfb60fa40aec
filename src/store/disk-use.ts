import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Counts bytes on disk; a file with several names counts once in one counter. */
export class DiskUse {
  readonly #seen = new Set<string>();

  /** Bytes that a file or folder takes, contents and all; 0 for what is not there. */
  async of(path: string): Promise<number> {
    const stat = await lstat(path).catch(() => null);
    if (stat === null) return 0;
    if (stat.nlink > 1 && !stat.isDirectory()) {
      const id = `${stat.dev}:${stat.ino}`;
      if (this.#seen.has(id)) return 0;
      this.#seen.add(id);
    }
    // st_blocks counts units of 512 bytes whatever the file system's block size (stat(2)).
    const own = stat.blocks * 512;
    if (!stat.isDirectory()) return own;
    let sum = own;
    for (const name of await readdir(path).catch(() => [])) sum += await this.of(join(path, name));
    return sum;
  }
}

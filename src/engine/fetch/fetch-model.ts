import { join } from "node:path";
import type { Digest } from "../../domain/digest.ts";
import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import type { FetchSpec } from "../../domain/step-specs.ts";
import { copyInputFiles } from "../input-files.ts";
import type { OperationContext } from "../operation.ts";
import { installModel } from "./install-model.ts";
import { fetchNpm } from "./npm.ts";
import { fetchPypi } from "./pypi.ts";
import type { FetchRequest } from "./request.ts";
import { fetchUrl } from "./url.ts";

/** Fetches a model into the step's `out/`; gives its external files with their digests. */
export async function fetchModel(
  spec: FetchSpec,
  context: OperationContext<"fetch">,
): Promise<Result<{ path: string; digest: Digest }[], Failure>> {
  const file = await bring(spec, {
    scratch: join(context.workspace, "scratch"),
    log: context.log,
    signal: context.signal,
    progress: (text) => context.progress(text, null),
  });
  if (!file.ok) return file;
  return installModel(file.value, { out: join(context.workspace, "out"), sha256: spec.sha256, source: spec.source });
}

/** Absolute path of the model file, with its external data where the model names it. */
async function bring({ source, files }: FetchSpec, request: FetchRequest): Promise<Result<string, Failure>> {
  switch (source.kind) {
    case "path": {
      const copied = await copyInputFiles(files, request.scratch);
      return copied.ok ? ok(join(request.scratch, files[0]?.at ?? "")) : copied;
    }
    case "pypi":
      return fetchPypi(source, request);
    case "npm":
      return fetchNpm(source, request);
    case "url":
      return fetchUrl(source.url, request);
  }
}

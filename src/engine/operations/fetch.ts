import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import type { FetchSpec } from "../../domain/step-specs.ts";
import { installModel } from "../fetch/install-model.ts";
import { fetchNpm } from "../fetch/npm.ts";
import { fetchPypi } from "../fetch/pypi.ts";
import type { FetchRequest } from "../fetch/request.ts";
import { fetchUrl } from "../fetch/url.ts";
import { copyInputFiles } from "../input-files.ts";
import { type Operation, withoutWorker } from "../operation.ts";

/**
 * Brings the model into the store as `model.onnx` with its external data beside it, from wherever the recipe says. The only
 * step that may use the network; what it brings is checked against the recipe's hash before anything reads it.
 */
export const fetch: Operation<"fetch"> = {
  kept: true,
  async run(context) {
    const { spec } = context.step;
    const request: FetchRequest = {
      scratch: join(context.workspace, "scratch"),
      log: context.log,
      signal: context.signal,
      progress: (text) => context.progress(text, null),
    };
    const file = await bring(spec, request);
    if (!file.ok) return file;
    const installed = await installModel(file.value, { out: join(context.workspace, "out"), sha256: spec.sha256, source: spec.source });
    if (!installed.ok) return installed;
    return ok(withoutWorker({ sha256: spec.sha256, externalData: installed.value }));
  },
  summarise: () => null,
};

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

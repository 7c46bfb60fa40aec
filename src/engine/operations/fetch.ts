import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import { checkHash } from "../fetch/check-hash.ts";
import { collectExternalData } from "../fetch/external-data.ts";
import { fetchNpm } from "../fetch/npm.ts";
import { fetchPath } from "../fetch/path.ts";
import { fetchPypi } from "../fetch/pypi.ts";
import type { FetchRequest } from "../fetch/request.ts";
import { fetchUrl } from "../fetch/url.ts";
import { type Operation, withoutWorker } from "../operation.ts";

/**
 * Brings the model into the store as `model.onnx` with its external data beside it, from wherever the recipe says. The only
 * step that may use the network; what it brings is checked against the recipe's hash before anything reads it.
 */
export const fetch: Operation<"fetch"> = {
  kept: true,
  async run(context) {
    const { source, sha256, files } = context.step.spec;
    const out = join(context.workspace, "out");
    const scratch = join(context.workspace, "scratch");
    const request: FetchRequest = {
      out,
      scratch,
      log: context.log,
      signal: context.signal,
      progress: (text) => context.progress(text, null),
    };
    const origin = await bring(context.step.spec, request);
    if (!origin.ok) return origin;
    const model = join(out, "model.onnx");
    const hash = await checkHash(model, sha256, source);
    if (!hash.ok) return hash;
    const external = await collectExternalData({ model, origin: origin.value, out, known: files.slice(1) });
    if (!external.ok) return external;
    return ok(withoutWorker({ sha256, externalData: external.value }));
  },
  summarise: () => null,
};

/** Leaves `model.onnx` in `out`; gives the folder the file came from, where external data lies beside it (null: nowhere). */
async function bring(
  { source, files }: { source: FetchSource; files: FetchFiles },
  request: FetchRequest,
): Promise<Result<string | null, Failure>> {
  switch (source.kind) {
    case "path":
      return fetchPath(source.path, files, request);
    case "pypi":
      return fetchPypi(source, request);
    case "npm":
      return fetchNpm(source, request);
    case "url":
      return fetchUrl(source.url, request);
  }
}

type FetchSource = Parameters<typeof checkHash>[2];
type FetchFiles = Parameters<typeof fetchPath>[1];

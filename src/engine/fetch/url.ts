import { createWriteStream } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { FetchRequest } from "./request.ts";

/** Downloads a model file over https or http, streaming. External data cannot be fetched this way. */
export async function fetchUrl(url: string, request: FetchRequest): Promise<Result<string, Failure>> {
  await mkdir(request.scratch, { recursive: true });
  const file = join(request.scratch, "model.onnx");
  request.progress(`downloading ${url}`);
  try {
    const response = await fetch(url, { signal: request.signal, redirect: "follow" });
    await appendFile(request.log, `GET ${url}: ${response.status} ${response.statusText}\n`);
    if (!response.ok || !response.body) return err(failed(url, `the server answered ${response.status} ${response.statusText}`, request));
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file), { signal: request.signal });
    return ok(file);
  } catch (error) {
    if (request.signal.aborted) return err({ reason: "interrupted", message: "The build was interrupted.", log: request.log });
    return err(failed(url, causeOf(error), request));
  }
}

/** undici hides the reason (`ECONNREFUSED`, `CERT_HAS_EXPIRED`) in the error's cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function failed(url: string, why: string, { log }: FetchRequest): Failure {
  return {
    reason: "fetch-failed",
    message: `${url} could not be downloaded: ${why}.`,
    hint: "Check the address, the network, and NODE_EXTRA_CA_CERTS where the site uses a certificate of its own.",
    log,
  };
}

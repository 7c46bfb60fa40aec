import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { type Digest, digestFromHex } from "../domain/digest.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { errorCode } from "../system/error-code.ts";
import type { ModelFault } from "./model-fault.ts";

// protobuf messages end at 2 GiB, and ONNX Runtime reads no larger file.
const MAX_BYTES = 2 ** 31 - 1;
const CHUNK_BYTES = 4 * 1024 * 1024;

export interface ModelBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly digest: Digest;
}

/** Reads and hashes an .onnx file in one pass. Errors: `file-not-found`, `model-not-onnx` for one over 2 GiB. */
export async function readModelBytes(path: string, shown = path): Promise<Result<ModelBytes, ModelFault>> {
  try {
    await using file = await open(path, "r");
    return await readOpened(shown, file);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return err({ code: "file-not-found", message: reading(shown, code) });
  }
}

async function readOpened(path: string, file: FileHandle): Promise<Result<ModelBytes, ModelFault>> {
  const stat = await file.stat();
  if (!stat.isFile()) return err({ code: "file-not-found", message: `${path} is not a file` });
  if (stat.size > MAX_BYTES) {
    const message = `${path} is larger than 2 GiB, which no ONNX file can be`;
    return err({ code: "model-not-onnx", message, hint: "save the model with its weights as external data" });
  }
  const hash = createHash("sha256");
  const bytes = new Uint8Array(stat.size);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, Math.min(CHUNK_BYTES, bytes.length - filled), filled);
    if (bytesRead === 0) break;
    hash.update(bytes.subarray(filled, filled + bytesRead));
    filled += bytesRead;
  }
  return ok({ bytes: bytes.subarray(0, filled), digest: digestFromHex(hash.digest("hex")) });
}

function reading(path: string, code: string): string {
  if (code === "ENOENT" || code === "ENOTDIR") return `there is no file ${path}`;
  return code === "EACCES" ? `${path} may not be read` : `${path} cannot be read: ${code}`;
}

import { createHash } from "node:crypto";
import { list, type ReadEntry } from "tar";
import { type Digest, digestFromHex } from "../../../domain/digest.ts";
import { err, ok, type Result } from "../../../domain/result.ts";
import { ANNOTATIONS, blobPath, configSchema, type ImageManifest, indexSchema, manifestSchema } from "./oci-layout.ts";

/** What an archive holds, every byte of it checked against the digests it names. */
export interface ArchivedImage {
  /** The image's id, once it is loaded. */
  readonly id: Digest;
  readonly labels: Readonly<Record<string, string>>;
  readonly pinned: string | null;
  readonly manifest: ImageManifest;
  /** It can be loaded by a docker that knows only its own format. */
  readonly hasDockerManifest: boolean;
}

/** Documents are kilobytes; a blob that is larger is a layer and is only hashed. */
const MOST_DOCUMENT_BYTES = 4 << 20;

/**
 * Reads an OCI archive of one image without unpacking it.
 *
 * @returns the image, or in a few words why it is none
 */
export async function readArchive(file: string): Promise<Result<ArchivedImage, string>> {
  const entries = new Map<string, Entry>();
  try {
    await list({ file, strict: true, onReadEntry: (entry) => entries.set(entry.path.replace(/^\.\//, ""), readEntry(entry)) });
  } catch (error) {
    return err(`it is damaged (${error instanceof Error ? error.message : String(error)})`);
  }
  const index = indexSchema.safeParse(document(entries, "index.json"));
  if (!index.success) return err("it is no OCI archive");
  const [described, another] = index.data.manifests;
  if (described === undefined || another !== undefined) return err("it holds several images");
  const manifest = manifestSchema.safeParse(document(entries, blobPath(described.digest)));
  if (!manifest.success) return err("it is no OCI archive of one image");
  const blobs = [described, manifest.data.config, ...manifest.data.layers];
  const wrong = blobs.find(({ digest }) => entries.get(blobPath(digest))?.digest() !== digest);
  if (wrong !== undefined) return err(`it is damaged: ${wrong.digest} is not in it as it was written`);
  const config = configSchema.safeParse(document(entries, blobPath(manifest.data.config.digest)));
  if (!config.success) return err("its configuration cannot be read");
  return ok({
    id: manifest.data.config.digest,
    labels: config.data.config?.Labels ?? {},
    pinned: described.annotations?.[ANNOTATIONS.pinned] ?? null,
    manifest: manifest.data,
    hasDockerManifest: entries.has("manifest.json"),
  });
}

interface Entry {
  digest(): Digest;
  /** Its text; empty for one that is too large to be a document. */
  text(): string;
}

// Asked for their contents only after all has been read.
function readEntry(entry: ReadEntry): Entry {
  const hash = createHash("sha256");
  const chunks: Buffer[] = [];
  const isDocument = entry.size <= MOST_DOCUMENT_BYTES;
  entry.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    if (isDocument) chunks.push(Buffer.from(chunk));
  });
  let digest: Digest | null = null;
  return {
    digest: () => {
      digest ??= digestFromHex(hash.digest("hex"));
      return digest;
    },
    text: () => Buffer.concat(chunks).toString("utf8"),
  };
}

function document(entries: ReadonlyMap<string, Entry>, path: string): unknown {
  try {
    return JSON.parse(entries.get(path)?.text() ?? "");
  } catch {
    return null;
  }
}

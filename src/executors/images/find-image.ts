import type { Engine } from "../container/engine.ts";
import { LABELS } from "./image-layout.ts";
import { inspectImages } from "./inspect-image.ts";

/** An image in an engine's storage that environments are taken from. */
export interface FoundImage {
  readonly id: string;
  /** Folder of its Python environment, where it says so. */
  readonly root: string | null;
  /** Version of its interpreter, where it says so. */
  readonly python: string | null;
  /** What it sets for whatever runs in it. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Looks an image up; null where it is not there, or bears another identity than the one it goes by. */
export async function findImage(query: {
  readonly engine: Engine;
  readonly reference: string;
  /** The label it must bear; null for another maker's. */
  readonly identity: string | null;
  readonly signal: AbortSignal;
}): Promise<FoundImage | null> {
  const { engine, reference, identity, signal } = query;
  const [image] = (await inspectImages(engine, [reference], signal)).images;
  if (image === undefined || (identity !== null && image.labels[LABELS.identity] !== identity)) return null;
  const variables = Object.fromEntries(image.variables.map(namedValue));
  return { id: image.id, root: image.labels[LABELS.root] ?? null, python: image.labels[LABELS.python] ?? null, variables };
}

function namedValue(text: string): [string, string] {
  const [name = "", ...rest] = text.split("=");
  return [name, rest.join("=")];
}

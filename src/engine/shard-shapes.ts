import { join } from "node:path";
import type { Dataset } from "../domain/dataset.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { readNpyHeader } from "../measure/npy/file.ts";

/** The shape that all samples of a shard have, of each input asked for. */
export interface ShardShapes {
  readonly samples: number;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/** Shapes of the validation samples, shard by shard, from the headers of their files. The error is a sentence about one of them. */
export function shardShapes(folder: string, { splits }: Dataset, inputs: readonly string[]): Result<ShardShapes[], string> {
  const found: ShardShapes[] = [];
  for (const shard of splits.validation.shards) {
    const shapes: Record<string, readonly number[]> = {};
    for (const input of inputs) {
      const file = shard.inputs[input];
      if (file === undefined) return err(`a shard has no samples of the input ${input}`);
      const header = readNpyHeader(join(folder, file));
      if (!header.ok) return err(`the samples of the input ${input} cannot be read: ${header.error.message}`);
      shapes[input] = header.value.shape.slice(1);
    }
    found.push({ samples: shard.samples, shapes });
  }
  return ok(found);
}

import { z } from "zod";
import type { Dataset } from "../domain/dataset.ts";

const files = z.record(z.string(), z.string());
const split = z
  .object({
    samples: z.int().min(0),
    shards: z.array(z.object({ samples: z.int().min(1), inputs: files, labels: files })),
  })
  .refine(({ samples, shards }) => shards.reduce((sum, shard) => sum + shard.samples, 0) === samples, {
    error: "its shards do not hold as many samples as it says",
  });

/** `dataset.json` of a data step's folder. */
export const datasetSchema: z.ZodType<Dataset> = z.object({
  format: z.literal("fettle.dataset/1"),
  splits: z.object({ calibration: split, validation: split }),
});

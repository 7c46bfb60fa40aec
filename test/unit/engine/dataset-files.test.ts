import { expect, test } from "vitest";
import { datasetSchema } from "../../../src/engine/dataset-files.ts";

function dataset(samples: number) {
  const shards = [2, 1].map((held) => ({ samples: held, inputs: { x: "x.npy" }, labels: {} }));
  const splits = { calibration: { samples: 0, shards: [] }, validation: { samples, shards } };
  return datasetSchema.safeParse({ format: "fettle.dataset/1", splits });
}

test("a split holds as many samples as it says", () => {
  expect(dataset(3).success).toBe(true);
  expect(dataset(4).error?.issues).toMatchObject([
    { path: ["splits", "validation"], message: "its shards do not hold as many samples as it says" },
  ]);
});

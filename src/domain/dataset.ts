/** Layout of a data step's folder: `dataset.json` holds this. Every .npy has a leading sample axis. */
export interface Dataset {
  readonly format: "fettle.dataset/1";
  readonly splits: Readonly<Record<"calibration" | "validation", DatasetSplit>>;
}

export interface DatasetSplit {
  readonly samples: number;
  readonly shards: readonly DatasetShard[];
}

export interface DatasetShard {
  readonly samples: number;
  /** Input name -> file, relative to the folder: an array of shape [samples, ...input shape]. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Label name -> file, an array with a leading sample axis. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Layout of the outputs an infer step leaves: `outputs.json` holds this. Shards cut the samples as the data set's do. */
export interface OutputSet {
  readonly format: "fettle.outputs/1";
  readonly samples: number;
  /** In the model's order. */
  readonly outputs: readonly string[];
  readonly shards: readonly { readonly samples: number; readonly files: Readonly<Record<string, string>> }[];
}

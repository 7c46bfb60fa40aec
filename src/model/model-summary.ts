import type { Digest } from "../domain/digest.ts";

/** What a model is, as far as it can be said without running it. */
export interface ModelSummary {
  /** Absolute path of the .onnx file. */
  readonly path: string;
  readonly bytes: number;
  /** Of the .onnx file alone. */
  readonly digest: Digest;
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  readonly graphName: string;
  /** Operator domain -> version; the standard domain is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Inputs that have to be fed, in the model's order: without weights that older models list among them. */
  readonly inputs: readonly ModelTensor[];
  readonly outputs: readonly ModelTensor[];
  /** Names of weights, for a good message to one who takes a weight for an input. */
  readonly weights: ReadonlySet<string>;
  /** Operator -> nodes, subgraphs and functions included, most used first; other domains than ai.onnx are written `domain:Operator`. */
  readonly operators: Readonly<Record<string, number>>;
  readonly nodes: number;
  readonly subgraphs: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly externalData: readonly ExternalFile[];
}

/** An input or output. */
export interface ModelTensor {
  readonly name: string;
  /** `float32`, `int64`, `bfloat16`, ..., or `sequence`, `optional`, `map` for what is no tensor. */
  readonly type: string;
  /** Sizes: a number, the name of a symbolic dimension, or null for an unnamed one. Null where even the rank is unknown. */
  readonly shape: readonly Dimension[] | null;
}
export type Dimension = number | string | null;

/** A file beside the model that holds weights. */
export interface ExternalFile {
  /** As the model names it: relative to the model's folder, with forward slashes. */
  readonly location: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

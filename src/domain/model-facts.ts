/** What is known of a model without running it, as far as it decides whether a toolchain can take it. */
export interface ModelFacts {
  /** Whether this is the model after preparing, which is what is compiled. Before it, constants are not folded and opsets may change. */
  readonly prepared: boolean;
  /** Version of the standard operators. */
  readonly opset: number;
  /** Operator -> nodes; those of other domains than ai.onnx have their domain before them. */
  readonly operators: Readonly<Record<string, number>>;
  /** Inputs that have a size known only at run time. */
  readonly openInputs: readonly string[];
}

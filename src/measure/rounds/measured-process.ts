import type { Failure } from "../../domain/failure.ts";
import type { Result } from "../../domain/result.ts";

/** Times of single inferences, in nanoseconds, as many as were asked for. */
export interface RunTimes {
  readonly wallNs: readonly number[];
  readonly cpuNs: readonly number[];
}

/** A program that holds one loaded model and runs it when it is told, and at no other time. */
export interface MeasuredProcess {
  /** `openvino/bfloat16` */
  readonly name: string;
  /**
   * Runs `count` inferences. `samples` says which of the samples it has loaded each of them takes, counted round; without, they
   * go round them from where the last such run stopped.
   */
  run(count: number, samples?: readonly number[]): Promise<Result<RunTimes, Failure>>;
}

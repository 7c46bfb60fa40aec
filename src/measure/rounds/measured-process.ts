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
  run(count: number): Promise<Result<RunTimes, Failure>>;
}

import type { Environments } from "../../domain/environment.ts";
import type { PlanInputs } from "../../plan/inputs.ts";
import type { DescribeImage } from "./describe-image.ts";

/** What pins are taken of: a checked recipe with all that planning it needs. */
export interface Pinnable {
  readonly inputs: PlanInputs;
  /** Target name -> its file, relative to `cwd`. */
  readonly targetFiles: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly environments: Environments;
  /** Absent where no engine is used. */
  readonly describeImage?: DescribeImage | undefined;
}
